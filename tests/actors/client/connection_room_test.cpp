#include "config/options/fixed_bounds.hpp"
#include "tests/actors/client/connection_fixture.hpp"

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

BOOST_AUTO_TEST_CASE(is_refused_with_a_name_that_is_too_long) {
  limits.room_name = 10;
  restart();
  connect();
  auto expected = texts{refusal(
    "5", "too_large", "a room's name has at most limits.room_name bytes: 10")};
  BOOST_TEST(join("chat:123456", "5") == expected);
  BOOST_TEST(leave("chat:123456", "5") == expected);
  BOOST_TEST(joins.empty());
  join("chat:12345", "5");
  BOOST_TEST(joins.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_refused_with_an_offset_that_is_too_long) {
  connect();
  std::string offset = "0:1";
  for (int i = 1; offset.size() <= max_since; ++i)
    offset += "," + std::to_string(i) + ":1";
  auto packets = feed(R"(25["join","chat:1",{"since":")" + offset + "\"}]");
  BOOST_TEST_REQUIRE(packets.size() == 1u);
  BOOST_TEST(packets[0].find("invalid_payload") != std::string::npos);
  BOOST_TEST(joins.empty());
}

BOOST_AUTO_TEST_CASE(is_answered_when_it_is_lost_with_its_room) {
  connect();
  join("chat:1", "5");
  joins.clear(); // nobody has it any more
  run();
  BOOST_TEST(
    session->take()
    == texts{refusal("5", "unavailable", "the room has failed; join again")});
  BOOST_TEST(leave("chat:1", "6").front().find("not_a_member")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_answered_once) {
  connect();
  join("chat:1", "5");
  BOOST_TEST(admit(0, 1).size() == 1u);
  BOOST_TEST(admit(0, 1).empty());
  BOOST_TEST(refuse(0, emit_errc::unavailable).empty());
}

BOOST_AUTO_TEST_CASE(may_be_refused_while_the_next_one_is_not) {
  connect();
  join("chat:1", "5"), join("chat:1", "6");
  BOOST_TEST(refuse(0, emit_errc::invalid_payload).size() == 1u);
  BOOST_TEST(admit(1, 1).front().starts_with(R"(36[{"status":"ok")"));
  BOOST_TEST(deliver(1, "2[]").size() == 1u);
}

// Of one who is in already: the room lets it begin at an earlier offset.
BOOST_AUTO_TEST_CASE(with_an_earlier_offset_takes_a_member_back) {
  connect();
  enter("chat:1", 1);
  deliver(1, "2[1]");
  feed(R"(26["join","chat:1",{"since":"0:3"}])");
  BOOST_TEST((joins.back().since == positions{{0, 3}}));
  admit(1, 1, {{0, 3}});
  BOOST_TEST(reads.back().from == 3);
  BOOST_TEST(deliver(1, "2[2]").empty()); // has to wait for its turn
  BOOST_TEST(deliver(events_at(3, 1, {"2[0]"}), false).size() == 1u);
}

// Where its node has not read so far, that tells of an earlier leader.
BOOST_AUTO_TEST_CASE(leaves_a_member_its_other_positions_with_their_leaders) {
  connect();
  enter("chat:1", 1);
  auto x = events_of(1, {"2[]"});
  x->log = 7;
  x->leader_epoch = 3;
  deliver(std::move(x));
  feed(R"(26["join","chat:1",{"since":"1:3"}])");
  auto& request = joins.back();
  join_answered answer{request.ack, request.room, 1};
  answer.membership = request.membership;
  answer.from = {{0, 17}, {1, 3}};
  answer.behind = {{1, 3}};
  answer.logs = {{0, {7, 1}}, {1, {7, 1}}};
  tell(connection, std::move(answer));
  post_leave("chat:1", "6");
  BOOST_TEST(release_leases().back()
             == R"(36[{"status":"ok","room":"chat:1",)"
                R"("offset":"0:18@7.3,1:3@7.1"}])");
}

BOOST_AUTO_TEST_CASE(is_answered_when_its_namespace_is_left) {
  connect();
  join("chat:1", "5");
  BOOST_TEST(
    feed("1")
    == texts{refusal("5", "unavailable", "the socket has left its namespace")});
  BOOST_TEST(admit(0, 1).empty());
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

BOOST_AUTO_TEST_CASE(is_answered_when_the_room_has_let_the_socket_go) {
  connect();
  enter("chat:1", 1);
  BOOST_TEST(post_leave("chat:1", "6").empty());
  BOOST_TEST(release_leases().size() == 1u);
  BOOST_TEST(release_leases().empty());
}

// Also where the room is no more, and nobody has handled it.
BOOST_AUTO_TEST_CASE(ends_the_membership_but_not_the_answer_to_its_join) {
  connect();
  join("chat:1", "5");
  post_leave("chat:1", "6");
  BOOST_TEST(leaves.size() == 1u);
  BOOST_TEST(
    admit(0, 1)
    == texts{R"(35[{"status":"ok","room":"chat:1","offset":"0:17"}])"});
  BOOST_TEST(
    release_leases()
    == texts{R"(36[{"status":"ok","room":"chat:1","offset":"0:17"}])"});
  BOOST_TEST(deliver(1, "2[]").empty());
}

BOOST_AUTO_TEST_CASE(says_of_which_leader_the_socket_has_been_served) {
  connect();
  enter("chat:1", 1);
  auto x = events_of(1, {"2[]"});
  x->log = 7;
  x->leader_epoch = 3;
  deliver(std::move(x));
  post_leave("chat:1", "6");
  BOOST_TEST(
    release_leases()
    == texts{R"(36[{"status":"ok","room":"chat:1","offset":"0:18@7.3"}])"});
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
  post_leave("chat:1");
  join("chat:1", "7");
  BOOST_TEST(admit(0, 1).front().starts_with("35["));
  release_leases();
  BOOST_TEST(deliver(1, "2[]").empty());
  BOOST_TEST(admit(1, 1).front().starts_with("37["));
  BOOST_TEST(deliver(1, "2[]").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
