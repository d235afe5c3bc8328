#include "actors/contract/heat.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using hot_rows = std::vector<schemas::hot_status>;

kafka::record_view keyed_record(std::string_view key,
                                std::string_view value = "v") {
  kafka::record_view result;
  result.has_key = result.has_value = true;
  result.key = key;
  result.value = value;
  return result;
}

struct fixture {
  ~fixture() {
    for (auto* x : {&one, &two})
      heat.remove(*x);
  }

  /// Those of a kind.
  hot_rows of(std::string_view kind, std::size_t n = 10) const {
    hot_rows result;
    for (auto& x : heat.describe(now, n))
      if (x.kind == kind)
        result.push_back(x);
    return result;
  }

  void pass(loop_heat::clock::duration time) {
    now += time;
    heat.look_at(now);
  }

  loop_heat::clock::time_point now{1h};
  loop_heat heat{now};
  partition_heat one{{"t", 1}}, two{{"t", 2}};
};

BOOST_FIXTURE_TEST_SUITE(the_heat_of_a_loop, fixture)

BOOST_AUTO_TEST_CASE(is_that_of_its_rooms_by_name) {
  heat.add_room("/,chat:1", 2);
  heat.add_room("/custom,chat:1,2", 5);
  pass(3s);
  auto rooms = of("room");
  BOOST_TEST_REQUIRE(rooms.size() == 2u);
  BOOST_TEST(rooms[0].nsp == "/custom");
  BOOST_TEST(rooms[0].room == "chat:1,2");
  BOOST_TEST(rooms[0].count == 5u);
  BOOST_TEST(rooms[0].partition == -1);
  BOOST_TEST(rooms[0].over_ms == 3'000u);
  BOOST_TEST(rooms[1].room == "chat:1");
}

BOOST_AUTO_TEST_CASE(is_that_of_its_partitions_and_their_keys) {
  heat.add(one), heat.add(two);
  one.add(keyed_record("a", "xx")), one.add(keyed_record("a")),
    one.add(keyed_record("b"));
  auto partitions = of("partition");
  BOOST_TEST_REQUIRE(partitions.size() == 1u); // of the other nothing was read
  BOOST_TEST(partitions[0].topic == "t");
  BOOST_TEST(partitions[0].partition == 1);
  BOOST_TEST(partitions[0].count == 3u);
  BOOST_TEST(partitions[0].bytes == 7u);
  auto keys = of("key");
  BOOST_TEST_REQUIRE(keys.size() == 2u);
  BOOST_TEST(keys[0].key == "a");
  BOOST_TEST(keys[0].count == 2u);
  BOOST_TEST(keys[0].partition == 1);
  BOOST_TEST(of("key", 1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_that_of_the_last_whole_window) {
  heat.add(one);
  heat.add_room("/,a", 1), one.add(keyed_record("a"));
  pass(loop_heat::window);
  heat.add_room("/,b", 1), one.add(keyed_record("b"));
  pass(1s);
  BOOST_TEST_REQUIRE(of("room").size() == 1u);
  BOOST_TEST(of("room")[0].room == "a");
  BOOST_TEST(of("room")[0].over_ms == 10'000u);
  BOOST_TEST(of("key")[0].key == "a");
  pass(loop_heat::window);
  BOOST_TEST(of("room")[0].room == "b");
  BOOST_TEST(of("key")[0].key == "b");
  pass(loop_heat::window);
  BOOST_TEST(heat.describe(now, 10).empty());
}

BOOST_AUTO_TEST_CASE(is_that_of_the_present_where_it_was_quiet_before) {
  pass(loop_heat::window);
  heat.add_room("/,a", 1);
  pass(2s);
  BOOST_TEST_REQUIRE(of("room").size() == 1u);
  BOOST_TEST(of("room")[0].over_ms == 2'000u);
}

BOOST_AUTO_TEST_CASE(has_no_partition_that_is_gone) {
  heat.add(one);
  one.add(keyed_record("a"));
  heat.remove(one);
  BOOST_TEST(heat.describe(now, 10).empty());
}

BOOST_AUTO_TEST_CASE(names_keys_as_text_whatever_they_are) {
  heat.add(one);
  one.add(keyed_record(std::string_view{"\xff\0z", 3}));
  one.add(keyed_record(std::string(1000, 'k')));
  auto keys = of("key");
  BOOST_TEST_REQUIRE(keys.size() == 2u);
  BOOST_TEST(keys[0].key == std::string(partition_heat::max_key, 'k'));
  BOOST_TEST(keys[1].key == R"(\xff\x00z)");
}

BOOST_AUTO_TEST_CASE(has_a_partition_whose_records_have_no_keys) {
  heat.add(one);
  kafka::record_view x;
  x.has_value = true;
  x.value = "v";
  one.add(x);
  BOOST_TEST(of("key").empty());
  BOOST_TEST(of("partition").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
