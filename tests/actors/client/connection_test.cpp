#include "tests/actors/client/connection_fixture.hpp"

namespace weir {

namespace {

using test::connection_fixture;
using namespace std::chrono_literals;
using texts = connection_fixture::texts;

BOOST_FIXTURE_TEST_SUITE(a_connection, connection_fixture)

BOOST_AUTO_TEST_CASE(takes_a_socket_into_a_namespace) {
  BOOST_TEST(session->is_attached());
  BOOST_TEST(feed("0") == texts{R"(0{"sid":"s1"})"});
  BOOST_TEST(feed("0/custom,{}").front() == R"(0/custom,{"sid":"s2"})");
}

BOOST_AUTO_TEST_CASE(greets_with_the_clients_own_payload) {
  BOOST_TEST(feed(R"(0/custom,{"token":"1"})").back()
             == R"(2/custom,["auth",{"token":"1"}])");
}

BOOST_AUTO_TEST_CASE(greets_without_a_payload) {
  BOOST_TEST(feed("0/custom,").back() == R"(2/custom,["auth",{}])");
}

BOOST_AUTO_TEST_CASE(greets_directly_behind_the_answer) {
  BOOST_TEST(feed("0/custom,")
             == (texts{R"(0/custom,{"sid":"s1"})", R"(2/custom,["auth",{}])"}));
}

BOOST_AUTO_TEST_CASE(refuses_an_unknown_namespace_and_stays) {
  BOOST_TEST(feed("0/unknown,")
             == texts{R"(4/unknown,{"message":"Invalid namespace"})"});
  BOOST_TEST(session->is_open());
  BOOST_TEST(feed("0") == texts{R"(0{"sid":"s1"})"});
}

BOOST_AUTO_TEST_CASE(refuses_an_unknown_namespace_whatever_its_name) {
  auto nsp = "/a\x1e\n" + std::string(500, 'x');
  BOOST_TEST(feed('0' + nsp)
             == texts{'4' + nsp + R"(,{"message":"Invalid namespace"})"});
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(refuses_a_payload_that_is_nested_too_deep_and_stays) {
  std::string payload = R"({"a":)" + std::string(200, '[');
  auto answers = feed('0' + payload);
  BOOST_TEST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].starts_with(R"(4{"message":")"));
  BOOST_TEST(feed("0") == texts{R"(0{"sid":"s1"})"});
}

BOOST_AUTO_TEST_CASE(ignores_what_answers_nothing) {
  connect();
  for (auto packet : {"3", "3[]", "399[1]", "3123456789012345678901234[]"})
    BOOST_TEST(feed(packet).empty());
  feed(R"(61-[{"_placeholder":true,"num":0}])");
  session->feed_binary("x");
  run();
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(takes_a_disconnect_with_an_ack_id) {
  connect();
  BOOST_TEST(feed("15").empty());
  BOOST_TEST(feed("0") == texts{R"(0{"sid":"s2"})"});
}

BOOST_AUTO_TEST_CASE(is_closed_by_a_second_connect) {
  connect();
  BOOST_TEST(feed("0").empty());
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(is_over(connection));
}

BOOST_AUTO_TEST_CASE(is_closed_by_a_packet_for_a_namespace_not_joined) {
  connect();
  feed(R"(2/custom,["say"])");
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(emits.empty());
}

BOOST_AUTO_TEST_CASE(is_closed_by_what_is_no_packet) {
  connect();
  feed("nonsense");
  BOOST_TEST(session->is_aborted());
  BOOST_TEST((session->fault() == engineio::port_event::packet_failed));
  BOOST_TEST(is_over(connection));
}

BOOST_AUTO_TEST_CASE(is_closed_by_an_attachment_that_nobody_announced) {
  connect();
  session->feed_binary("bytes");
  run();
  BOOST_TEST(session->is_aborted());
}

BOOST_AUTO_TEST_CASE(is_closed_when_no_namespace_is_joined_in_time) {
  feed("0/unknown,"); // does not count
  advance(44999ms);
  BOOST_TEST(!session->is_aborted());
  advance(1ms);
  BOOST_TEST(session->is_aborted());
  BOOST_TEST((session->fault() == engineio::port_event::connect_failed));
  BOOST_TEST(is_over(connection));
}

BOOST_AUTO_TEST_CASE(has_all_the_time_once_a_namespace_is_joined) {
  advance(44s);
  connect();
  advance(100s);
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(lets_a_socket_leave_a_namespace_and_come_back) {
  connect();
  enter("chat:1", 1);
  BOOST_TEST(feed("1").empty());
  BOOST_TEST(leaves.size() == 1u);
  BOOST_TEST(deliver(1, "2[\"say\"]").empty());
  BOOST_TEST(feed("0") == texts{R"(0{"sid":"s2"})"});
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(keeps_its_other_namespaces_when_one_is_left) {
  connect(), connect("/custom");
  feed("1/custom,");
  emit();
  BOOST_TEST(emits.size() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_what_is_open_before_it_sends_a_socket_away) {
  connect();
  join("chat:1", "5");
  emit("6");
  BOOST_TEST(session->disconnect("s1"));
  auto packets = session->take();
  BOOST_TEST_REQUIRE(packets.size() == 3u);
  BOOST_TEST(packets[0].starts_with(R"(35[{"status":"error")"));
  BOOST_TEST(packets[1].starts_with(R"(36[{"status":"error")"));
  BOOST_TEST(packets[2] == "1");
}

BOOST_AUTO_TEST_CASE(ignores_acks_since_it_asks_for_none) {
  connect();
  BOOST_TEST(feed("31[]").empty());
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(ends_with_its_session) {
  connect();
  session->hang_up();
  run();
  BOOST_TEST(is_over(connection));
}

BOOST_AUTO_TEST_CASE(leaves_all_rooms_of_all_its_sockets_when_it_ends) {
  connect(), connect("/custom"); // and with it "news"
  enter("chat:1", 1);
  join("chat:2"); // still on its way
  session->hang_up();
  run();
  std::vector<std::string> rooms;
  for (auto& x : leaves)
    rooms.push_back(x.room);
  std::sort(rooms.begin(), rooms.end());
  BOOST_TEST(rooms == (texts{"chat:1", "chat:2", "news"}));
}

BOOST_AUTO_TEST_CASE(closes_its_session_when_it_is_ended) {
  connect();
  end(connection);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(tells_operators_why_its_sockets_have_gone) {
  connect(), connect("/custom");
  feed("1/custom,");
  connect("/custom");
  session->disconnect("s3");
  session->hang_up();
  run();
  texts gone;
  for (auto& x : registry->left.latest(steady))
    gone.push_back(x.nsp + ' ' + x.id + ' ' + x.reason);
  BOOST_TEST(gone
               == (texts{"/custom s2 client namespace disconnect",
                         "/custom s3 server namespace disconnect",
                         "/ s1 transport close"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leaves_nothing_behind) {
  connect();
  enter("chat:1", 1);
  session->hang_up();
  joins.clear(), leaves.clear();
  advance(45s);
  BOOST_TEST(session.use_count() == 1);
}

// As Socket.IO's own servers do it: official clients then stay away.
BOOST_AUTO_TEST_CASE(tells_who_is_sent_away_and_closes) {
  connect(), connect("/custom");
  enter("chat:1", 7);
  BOOST_TEST(session->disconnect(session->handshake().sid));
  BOOST_TEST(session->take() == (texts{"1/custom,", "1"}));
  run();
  BOOST_TEST(!session->is_open());
  BOOST_TEST(leaves.size() == 2u); // it had been taken into one of /custom
}

BOOST_AUTO_TEST_CASE(sends_one_socket_away_by_its_id) {
  connect(), connect("/custom");
  BOOST_TEST(session->disconnect("s2"));
  BOOST_TEST(session->take() == texts{"1/custom,"});
  BOOST_TEST(!session->disconnect("s2"));
  run();
  BOOST_TEST(session->is_open());
  join("chat:1");
  BOOST_TEST(joins.back().room == "chat:1");
}

BOOST_AUTO_TEST_CASE(sends_nobody_else_away) {
  connect();
  BOOST_TEST(!session->disconnect("s3"));
  BOOST_TEST(session->is_open());
  BOOST_TEST(session->take().empty());
}

BOOST_AUTO_TEST_CASE(sends_a_socket_away_when_a_room_says_so) {
  connect();
  enter("chat:1", 7);
  tell(connection, disconnect_socket{joins.at(0).ack.socket});
  BOOST_TEST(session->take() == texts{"1"});
  tell(connection, disconnect_socket{joins.at(0).ack.socket}); // it is gone
  BOOST_TEST(session->take().empty());
  BOOST_TEST(leaves.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

struct late_greeting_fixture : connection_fixture {
  late_greeting_fixture() {
    nsps[1].on_connect->delay = 10ms;
    nsps[1].mappings.push_back(test::mapping("open:{id}", "open", {"say"}));
    nsps[1].locals
      = {{{"echo"}, local_target::sender, "", "", {}, 0},
         {{"ask"}, local_target::none, "", "", local_ack::echo, 0}};
    rules = test::rules_of(nsps);
    restart();
  }

  const texts greeting{R"(2/custom,["auth",{}])"};
};

BOOST_FIXTURE_TEST_SUITE(a_greeting_with_a_delay, late_greeting_fixture)

BOOST_AUTO_TEST_CASE(comes_after_it) {
  BOOST_TEST(feed("0/custom,") == texts{R"(0/custom,{"sid":"s1"})"});
  advance(9ms);
  BOOST_TEST(session->take().empty());
  advance(1ms);
  BOOST_TEST(session->take() == greeting);
  advance(100ms);
  BOOST_TEST(session->take().empty());
}

BOOST_AUTO_TEST_CASE(is_first_whatever_else_there_is) {
  for (auto* request :
       {R"(2/custom,1["echo",1])", R"(2/custom,1["ask"])",
        R"(2/custom,1["join","news"])", R"(2/custom,1["leave","none"])"}) {
    feed("0/custom,");
    auto packets = feed(request);
    BOOST_TEST_REQUIRE(packets.size() == 2u, request);
    BOOST_TEST(packets[0] == greeting[0], request);
    advance(100ms);
    BOOST_TEST(session->take().empty());
    feed("1/custom,");
    session->take();
  }
}

BOOST_AUTO_TEST_CASE(is_before_events_of_rooms) {
  feed("0/custom,");
  admit(0, 1);
  auto packets
    = deliver(connection_fixture::events_at(17, 1, {"2/custom,[\"e\"]"}, 1));
  BOOST_TEST(packets == (texts{greeting[0], "2/custom,[\"e\"]"}));
}

BOOST_AUTO_TEST_CASE(is_for_nobody_who_has_left_again) {
  feed("0/custom,");
  feed("1/custom,");
  advance(100ms);
  BOOST_TEST(session->take().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
