#include "tests/actors/connection_fixture.hpp"

namespace weir {

namespace {

using test::connection_fixture;
using texts = connection_fixture::texts;

/// The ack of a refused request.
std::string refusal(std::string ack, std::string code, std::string message) {
  return "3" + ack + R"([{"status":"error","code":")" + code
         + R"(","message":")" + message + "\"}]";
}

BOOST_FIXTURE_TEST_SUITE(a_join_event, connection_fixture)

BOOST_AUTO_TEST_CASE(is_answered_when_the_room_has_the_socket) {
  connect();
  BOOST_TEST(join("chat:1", "5").empty());
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].room == "chat:1");
  BOOST_TEST(joins[0].key == "chat:1");
  BOOST_TEST(joins[0].route == &rules->at(0).mappings()[0]);
  BOOST_TEST(
    admit(0, 1)
    == texts{R"(35[{"status":"ok","room":"chat:1","offset":"0:17"}])"});
}

BOOST_AUTO_TEST_CASE(may_come_without_an_ack) {
  connect();
  join("chat:1");
  BOOST_TEST(admit(0, 1).empty());
}

BOOST_AUTO_TEST_CASE(is_refused_for_a_room_that_no_mapping_has) {
  connect();
  BOOST_TEST(join("other", "5")
             == texts{refusal("5", "unknown_room",
                              "no mapping of this namespace has such a room")});
  BOOST_TEST(joins.empty());
}

BOOST_AUTO_TEST_CASE(is_refused_where_clients_do_not_choose) {
  connect("/custom");
  BOOST_TEST(feed(R"(2/custom,5["join","news"])").front()
             == R"(3/custom,5[{"status":"error","code":"not_allowed",)"
                R"("message":"clients cannot join this room"}])");
}

BOOST_AUTO_TEST_CASE(is_refused_without_a_rooms_name) {
  connect();
  auto expected = texts{refusal("5", "invalid_payload",
                                "the first argument must be the room's name")};
  BOOST_TEST(feed(R"(25["join"])") == expected);
  BOOST_TEST(feed(R"(25["join",1])") == expected);
  BOOST_TEST(feed(R"(25["leave",null])") == expected);
}

BOOST_AUTO_TEST_CASE(is_refused_beyond_so_many_rooms) {
  limits.rooms_per_socket = 2;
  restart();
  connect();
  join("chat:1"), join("chat:2");
  BOOST_TEST(join("chat:3", "5")
             == texts{refusal("5", "not_allowed",
                              "the socket is in as many rooms as it may be")});
  join("chat:2"); // is one of them
  BOOST_TEST(joins.size() == 3u);
  leave("chat:1");
  join("chat:3");
  BOOST_TEST(joins.size() == 4u);
}

BOOST_AUTO_TEST_CASE(may_be_refused_by_the_room_and_repeated) {
  connect();
  join("chat:1", "5");
  BOOST_TEST(refuse(0, emit_errc::unavailable)
             == texts{refusal("5", "unavailable", "no")});
  BOOST_TEST(deliver(1, "2[]").empty());
  join("chat:1", "6");
  BOOST_TEST(admit(1, 2).size() == 1u);
  BOOST_TEST(deliver(2, "2[]").size() == 1u);
}

BOOST_AUTO_TEST_CASE(may_be_repeated_by_a_member) {
  connect();
  enter("chat:1", 1);
  join("chat:1", "6");
  BOOST_TEST(deliver(1, "2[]").size() == 1u); // is in all the time
  BOOST_TEST(refuse(1, emit_errc::unavailable).size() == 1u);
  BOOST_TEST(deliver(1, "2[]").size() == 1u);
}

BOOST_AUTO_TEST_CASE(comes_by_itself_where_the_mapping_says_so) {
  connect("/custom");
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].room == "news");
  BOOST_TEST(joins[0].ack.ack_id == "");
  admit(0, 1);
  BOOST_TEST(deliver(connection_fixture::events_of(1, {"2/custom,[]"}, 1))
             == texts{"2/custom,[]"});
}

BOOST_AUTO_TEST_CASE(of_an_earlier_socket_does_not_count_for_its_successor) {
  connect();
  join("chat:1", "5");
  feed("1");
  connect();
  BOOST_TEST(admit(0, 1).empty());
  BOOST_TEST(deliver(1, "2[]").empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_leave_event, connection_fixture)

BOOST_AUTO_TEST_CASE(ends_deliveries_at_once) {
  connect();
  enter("chat:1", 1);
  BOOST_TEST(
    leave("chat:1", "6")
    == texts{R"(36[{"status":"ok","room":"chat:1","offset":"0:17"}])"});
  BOOST_TEST(leaves.size() == 1u);
  BOOST_TEST(deliver(1, "2[]").empty()); // was on its way
}

BOOST_AUTO_TEST_CASE(is_refused_where_the_socket_is_no_member) {
  connect();
  BOOST_TEST(
    leave("chat:1", "6")
    == texts{refusal("6", "not_a_member", "the socket is not in this room")});
  BOOST_TEST(leaves.empty());
}

BOOST_AUTO_TEST_CASE(overtakes_a_join_that_is_on_its_way) {
  connect();
  join("chat:1", "5");
  leave("chat:1", "6");
  BOOST_TEST(leaves.size() == 1u);
  BOOST_TEST(admit(0, 1).empty());
  BOOST_TEST(deliver(1, "2[]").empty());
}

BOOST_AUTO_TEST_CASE(lets_the_socket_come_back) {
  connect();
  enter("chat:1", 1);
  leave("chat:1");
  join("chat:1");
  BOOST_TEST(deliver(1, "2[]").empty()); // from before it left
  admit(1, 1);
  BOOST_TEST(deliver(1, "2[]").size() == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_an_older_joins_answer_from_counting_for_a_newer) {
  connect();
  join("chat:1", "5");
  leave("chat:1");
  join("chat:1", "7");
  admit(0, 1); // the room has not seen the leave yet
  BOOST_TEST(deliver(1, "2[]").empty());
  BOOST_TEST(admit(1, 1).front().starts_with("37["));
  BOOST_TEST(deliver(1, "2[]").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
