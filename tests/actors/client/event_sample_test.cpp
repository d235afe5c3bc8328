#include "actors/client/event_sample.hpp" // unit under test

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using namespace std::chrono_literals;

struct fixture {
  using enum schemas::seen_direction;

  void add(std::string_view json, schemas::seen_direction x = received) {
    if (sample.is_watched())
      sample.add(x, "/", "s1", json, now);
  }

  std::vector<std::string> events(bool with_args = true) const {
    std::vector<std::string> result;
    for (auto& x : sample.latest(now, with_args))
      result.push_back(x.json);
    return result;
  }

  event_sample sample;
  event_sample::time_point now{1h};
};

BOOST_FIXTURE_TEST_SUITE(a_sample_of_events, fixture)

BOOST_AUTO_TEST_CASE(is_empty_while_nobody_watches) {
  add(R"(["a"])");
  BOOST_TEST(events().empty());
}

BOOST_AUTO_TEST_CASE(has_what_came_of_late_in_order) {
  sample.watch(now);
  add(R"(["a",1])");
  now += 3s;
  add(R"(["b"])", sent);
  auto all = sample.latest(now, true);
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST((all[0].direction == received && all[1].direction == sent));
  BOOST_TEST(all[0].nsp == "/");
  BOOST_TEST(all[0].socket == "s1");
  BOOST_TEST(all[0].number < all[1].number);
  BOOST_TEST(all[0].time_ms > 0u);
  now += 3s;
  BOOST_TEST(events() == std::vector<std::string>{R"(["b"])"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ends_when_nobody_asks_any_more) {
  sample.watch(now);
  add(R"(["a"])");
  now += 6s;
  add(R"(["b"])");
  BOOST_TEST(!sample.is_watched());
  BOOST_TEST(events().empty());
  sample.watch(now); // somebody else
  add(R"(["c"])");
  BOOST_TEST(events().size() == 1u);
}

BOOST_AUTO_TEST_CASE(has_so_many_of_a_second_and_counts_the_rest) {
  sample.watch(now);
  for (std::size_t i = 0; i < event_sample::most_per_second + 7; ++i)
    add(R"(["a"])");
  add(R"(["b"])", sent); // which has a share of its own
  BOOST_TEST(events().size() == event_sample::most_per_second + 1);
  BOOST_TEST(sample.left_out() == 7u);
  now += 1s;
  add(R"(["a"])");
  BOOST_TEST(events().size() == event_sample::most_per_second + 2);
}

BOOST_AUTO_TEST_CASE(has_names_where_no_more_is_wanted) {
  sample.watch(now);
  for (auto json : {"[\"a, \\\"b\\\"\",\"secret\"]", "[ \"c\" ]", "[]"})
    add(json);
  add("[\"d\",\"" + std::string(3000, 'a') + "\"]");
  const std::vector<std::string> names{
    "[\"a, \\\"b\\\"\",\"(21 bytes)\"]",
    "[\"c\",\"(7 bytes)\"]",
    "[\"\",\"(2 bytes)\"]",
    "[\"d\",\"(3008 bytes)\"]",
  };
  BOOST_TEST(events(false) == names, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(has_only_the_name_of_what_is_long) {
  sample.watch(now);
  const std::string name = R"("say \"x\"")";
  const auto json = '[' + name + ",\"" + std::string(3000, 'a') + "\"]";
  add(json);
  BOOST_TEST(events().at(0)
             == '[' + name + ",\"(" + std::to_string(json.size())
                  + " bytes)\"]");
  add("[\"" + std::string(3000, 'n') + "\"]");
  BOOST_TEST(events().at(1).size() < 100u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
