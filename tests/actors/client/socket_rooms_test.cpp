#include "actors/client/socket_rooms.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture {
  socket_rooms rooms;
};

BOOST_FIXTURE_TEST_SUITE(a_sockets_rooms, fixture)

BOOST_AUTO_TEST_CASE(are_none_at_first) {
  BOOST_TEST(rooms.size() == 0u);
  BOOST_TEST(rooms.find("a") == nullptr);
}

BOOST_AUTO_TEST_CASE(are_found_by_name_and_once_known_by_id) {
  rooms.enter(rooms.add("a"), 1, {});
  rooms.enter(rooms.add("b"), 2, {});
  BOOST_TEST_REQUIRE(rooms.find("b") != nullptr);
  BOOST_TEST(rooms.find("b")->id == 2u);
  BOOST_TEST_REQUIRE(rooms.find(std::uint64_t{1}) != nullptr);
  BOOST_TEST(rooms.find(std::uint64_t{1})->room == "a");
  BOOST_TEST(rooms.find(std::uint64_t{3}) == nullptr);
}

BOOST_AUTO_TEST_CASE(have_no_id_while_the_join_is_on_its_way) {
  BOOST_TEST(rooms.add("a").id == 0u);
}

BOOST_AUTO_TEST_CASE(have_another_number_after_each_return) {
  auto first = rooms.add("a").number;
  rooms.remove("a");
  BOOST_TEST(rooms.add("a").number != first);
}

BOOST_AUTO_TEST_CASE(are_removed_by_name) {
  rooms.enter(rooms.add("a"), 1, {});
  rooms.add("b");
  rooms.remove("a");
  rooms.remove("never there");
  BOOST_TEST(rooms.size() == 1u);
  BOOST_TEST(rooms.all().begin()->second->room == "b");
  BOOST_TEST(rooms.find(std::uint64_t{1}) == nullptr);
}

BOOST_AUTO_TEST_CASE(are_known_to_be_behind_until_they_have_caught_up) {
  auto& a = rooms.add("a");
  rooms.add("b");
  auto& reader = a.readers.emplace_back(0, 5);
  reader.begin_before(5);
  rooms.note(a);
  BOOST_TEST_REQUIRE(rooms.behind().size() == 1u);
  BOOST_TEST(*rooms.behind().begin() == &a);
  reader.ask(1);
  reader.end_ask(1, 5);
  rooms.note(a);
  BOOST_TEST(rooms.behind().empty());
  reader.begin_before(5);
  rooms.note(a);
  rooms.remove("a");
  BOOST_TEST(rooms.behind().empty());
}

BOOST_AUTO_TEST_CASE(stay_where_they_are_while_others_come_and_go) {
  auto* a = &rooms.add("m");
  for (int i = 0; i < 300; ++i)
    rooms.add(std::to_string(i));
  for (int i = 0; i < 300; ++i)
    rooms.remove(std::to_string(i));
  BOOST_TEST(rooms.find("m") == a);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
