#include "tests/actors/client/connection_fixture.hpp"
#include "tests/support/counted.hpp"

namespace weir {

namespace {

using test::connection_fixture;
using test::counted;
using namespace std::chrono_literals;
using texts = connection_fixture::texts;

BOOST_FIXTURE_TEST_SUITE(an_emit_of_a_connection, connection_fixture)

BOOST_AUTO_TEST_CASE(is_of_the_trace_that_its_socket_has_connected_with) {
  const std::string parent
    = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  auto payload = R"({"trace":{"tracestate":"a=1","traceparent":")" + parent
                 + "\"}}";
  auto trace_of_emit = [&] {
    feed("0" + payload);
    emit("1");
    return emits.back().ack.socket->trace;
  };
  BOOST_TEST((trace_of_emit() == nullptr)); // nobody has said where it is
  nsps[0].trace_from = "/trace";
  rules = test::rules_of(nsps);
  restart();
  auto trace = trace_of_emit();
  BOOST_TEST_REQUIRE((trace != nullptr));
  BOOST_TEST(to_traceparent(trace->parent) == parent);
  BOOST_TEST(trace->state == "a=1");
  restart();
  payload = R"({"trace":"00-1"})";
  BOOST_TEST((trace_of_emit() == nullptr));
}

BOOST_AUTO_TEST_CASE(goes_to_the_router_as_it_came) {
  connect();
  feed(R"(217["say", {"room":"chat:1"}])");
  BOOST_TEST_REQUIRE(emits.size() == 1u);
  auto& x = emits[0];
  BOOST_TEST(x.event == "say");
  BOOST_TEST(x.args == R"({"room":"chat:1"})");
  BOOST_TEST(x.ack.ack_id == "17");
  BOOST_TEST(x.ack.socket->id == "s1");
  BOOST_TEST(x.ack.socket->nsp == 0);
  BOOST_TEST(x.cost == std::size(R"(["say", {"room":"chat:1"}])") - 1);
}

BOOST_AUTO_TEST_CASE(goes_along_with_others_of_the_same_turn) {
  connect();
  auto first = connect_another();
  connect();
  auto say = [](auto& client, int ack) {
    client->feed("2" + std::to_string(ack) + R"(["say",{"room":"chat:1"}])");
  };
  say(first, 1), say(session, 2), say(first, 3);
  run();
  BOOST_TEST(emit_batches == 1);
  BOOST_TEST_REQUIRE(emits.size() == 3u);
  for (std::size_t i = 0; i < emits.size(); ++i)
    BOOST_TEST(emits[i].ack.ack_id == std::to_string(i + 1));
  BOOST_TEST((emits[0].emitter != emits[1].emitter));
  BOOST_TEST((emits[0].emitter == emits[2].emitter));
  say(session, 4); // in the next turn
  run();
  BOOST_TEST(emit_batches == 2);
  BOOST_TEST(emits.size() == 4u);
}

BOOST_AUTO_TEST_CASE(is_timed_until_its_ack_if_it_is_stored) {
  connect();
  emit("1"), emit("2"), emit(); // the last one wants none
  reject(0, emit_errc::unavailable);
  BOOST_TEST(counted(meter->acks()) == 0);
  store(1);
  BOOST_TEST(counted(meter->acks()) == 1);
  store(2);
  BOOST_TEST(counted(meter->acks()) == 1);
  BOOST_TEST(meter->events_in.get() == 3);
}

BOOST_AUTO_TEST_CASE(is_acked_in_the_order_in_which_it_is_answered) {
  connect();
  emit("7"), emit("8"), emit("9");
  auto acks = settle({stored(1), stored(0), stored(2)});
  BOOST_TEST_REQUIRE(acks.size() == 3u);
  BOOST_TEST(acks[0].starts_with("38["));
  BOOST_TEST(acks[1].starts_with("37["));
  BOOST_TEST(acks[2].starts_with("39["));
}

BOOST_AUTO_TEST_CASE(takes_its_attachments_along) {
  connect();
  constexpr std::string_view json = R"(["say",{"_placeholder":true,"num":0}])";
  feed("51-" + std::string{json});
  BOOST_TEST(emits.empty());
  session->feed_binary("bytes");
  run();
  BOOST_TEST_REQUIRE(emits.size() == 1u);
  BOOST_TEST(emits[0].attachments == texts{"bytes"});
  BOOST_TEST(emits[0].cost == json.size() + 5);
}

BOOST_AUTO_TEST_CASE(is_acked_with_where_it_is_stored) {
  connect();
  emit("7");
  BOOST_TEST(
    store(0)
    == texts{
      R"(37[{"status":"ok","topic":"chat","partition":2,"offset":42}])"});
}

BOOST_AUTO_TEST_CASE(is_acked_with_what_went_wrong) {
  connect();
  emit("7");
  BOOST_TEST(
    reject(0, emit_errc::timeout)
    == texts{R"(37[{"status":"error","code":"timeout","message":"no"}])"});
}

BOOST_AUTO_TEST_CASE(gets_no_ack_where_none_was_asked_for) {
  connect();
  emit(), emit();
  BOOST_TEST(store(0).empty());
  BOOST_TEST(reject(1, emit_errc::timeout).empty());
}

BOOST_AUTO_TEST_CASE(of_an_earlier_socket_is_not_acked_to_its_successor) {
  connect();
  emit("7");
  BOOST_TEST(
    feed("1").front().starts_with(R"(37[{"status":"error","code":"timeout")"));
  connect();
  BOOST_TEST(store(0).empty());
}

// As the reference, the connection stays, and `retries` of a client ends.
BOOST_AUTO_TEST_CASE(that_nobody_can_carry_is_refused_and_no_end) {
  connect();
  auto deep = R"(27["say",)" + std::string(200, '[') + ']';
  const std::vector<std::pair<std::string, std::string>> table{
    {"27[0,1]", "unknown_event"},
    {R"(27["\ud83d",1])", "unknown_event"},
    {"27", "invalid_payload"},
    {deep, "invalid_payload"},
    {R"(51-7["say"])", "invalid_payload"},
    {R"(51-7["say",{"_placeholder":true,"num":0},)"
     R"({"_placeholder":true,"num":0}])",
     "invalid_payload"},
  };
  for (auto& [packet, code] : table) {
    auto answers = feed(packet);
    if (packet.starts_with('5')) {
      session->feed_binary("bytes");
      run();
      answers = session->take();
    }
    BOOST_TEST_REQUIRE(answers.size() == 1u);
    BOOST_TEST(
      answers[0].starts_with(R"(37[{"status":"error","code":")" + code + '"'),
      answers[0]);
    BOOST_TEST(session->is_open());
  }
  BOOST_TEST(feed("2").empty()); // nobody waits for an answer
  BOOST_TEST(emits.empty());
  emit("8");
  BOOST_TEST(emits.size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_more_bytes_than_a_payload_is_too_large) {
  connect();
  feed(R"(52-7["say",{"_placeholder":true,"num":0},)"
       R"({"_placeholder":true,"num":1}])");
  session->feed_binary(std::string(999, 'x'));
  session->feed_binary("xx");
  run();
  auto answers = session->take();
  BOOST_TEST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(
    answers[0].starts_with(R"(37[{"status":"error","code":"too_large")"));
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(is_refused_with_a_name_that_is_too_long) {
  connect();
  auto packets = feed("21[\"" + std::string(256, 'x') + "\"]");
  BOOST_TEST_REQUIRE(packets.size() == 1u);
  BOOST_TEST(packets[0].find("too_large") != std::string::npos);
  BOOST_TEST(emits.empty());
  feed("21[\"" + std::string(255, 'x') + "\"]");
  BOOST_TEST(emits.size() == 1u); // for the router to refuse
}

BOOST_AUTO_TEST_CASE(into_a_room_for_members_only_needs_a_membership) {
  connect();
  auto say = R"(21["vip say",{"room":"vip:1"}])";
  auto refused = texts{R"(31[{"status":"error","code":"not_a_member",)"
                       R"("message":"join the room \"vip:1\" first"}])"};
  BOOST_TEST(feed(say) == refused);
  join("vip:1");
  BOOST_TEST(feed(say) == refused); // not in yet
  admit(0, 1);
  BOOST_TEST(feed(say).empty());
  BOOST_TEST(emits.size() == 1u);
  leave("vip:1");
  BOOST_TEST(feed(say) == refused);
}

BOOST_AUTO_TEST_SUITE_END()

struct credit_fixture : connection_fixture {
  credit_fixture() {
    limits.unanswered_emits = 2;
    limits.unanswered_bytes = 100;
    restart();
    connect();
  }
};

BOOST_FIXTURE_TEST_SUITE(a_connections_credit_for_emits, credit_fixture)

BOOST_AUTO_TEST_CASE(stops_reading_at_so_many_unanswered_emits) {
  emit();
  BOOST_TEST(session->is_read());
  emit();
  BOOST_TEST(!session->is_read());
  store(0);
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(stops_reading_at_so_many_unanswered_bytes) {
  feed(R"(2["say",")" + std::string(100, 'x') + "\"]");
  BOOST_TEST(!session->is_read());
  reject(0, emit_errc::invalid_payload);
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(counts_attachments) {
  feed(R"(51-["say",{"_placeholder":true,"num":0}])");
  session->feed_binary(std::string(100, 'x'));
  run();
  BOOST_TEST(!session->is_read());
}

BOOST_AUTO_TEST_CASE(reads_again_only_when_enough_is_answered) {
  emit(), emit();
  emit(); // had been read already
  store(0);
  BOOST_TEST(!session->is_read());
  store(1);
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(comes_back_also_for_a_socket_that_is_gone) {
  emit(), emit();
  session->feed("1");
  run();
  store(0);
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(is_not_spent_by_what_concerns_nobody_else) {
  for (int i = 0; i < 3; ++i) {
    feed(R"(2["echo"])");
    feed(R"(2["vip say",{"room":"vip:1"}])");
    join("other"), leave("chat:1");
    feed("0/unknown,");
  }
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(is_spent_by_joins) {
  join("chat:1"), join("chat:2");
  BOOST_TEST(!session->is_read());
  admit(0, 1);
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(is_spent_by_leaves) {
  for (auto id : {1U, 2U})
    enter("chat:" + std::to_string(id), id);
  post_leave("chat:1"), post_leave("chat:2");
  BOOST_TEST(!session->is_read());
  release_leases();
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(is_spent_by_local_events_and_their_bytes) {
  enter("chat:1", 1);
  feed(R"(2["typing",{"room":"chat:1"}])");
  BOOST_TEST(session->is_read());
  feed(R"(2["typing",{"room":"chat:1"}])");
  BOOST_TEST(!session->is_read());
  release_leases();
  BOOST_TEST(session->is_read());
  feed(R"(2["typing",{"room":"chat:1"},")" + std::string(100, 'x') + "\"]");
  BOOST_TEST(!session->is_read());
}

BOOST_AUTO_TEST_CASE(is_spent_by_namespaces_that_come_and_go) {
  nsps[0].recovery = std::chrono::minutes{2};
  rules = test::rules_of(nsps);
  restart();
  connect();
  BOOST_TEST(session->is_read());
  feed("1");
  BOOST_TEST(!session->is_read());
  release_leases();
  BOOST_TEST(session->is_read());
  connect("/custom"); // which joins by itself
  BOOST_TEST(session->is_read());
  feed("1/custom,");
  BOOST_TEST(!session->is_read());
}

BOOST_AUTO_TEST_SUITE_END()

struct answers_fixture : connection_fixture {
  answers_fixture() {
    limits.outbox = 200;
    restart();
    connect();
  }

  /// Requests that are answered at once.
  void ask(int n) {
    for (int i = 0; i < n; ++i)
      feed(R"(21["ask","0123456789"])");
  }
};

BOOST_FIXTURE_TEST_SUITE(a_client_that_does_not_read_its_answers,
                         answers_fixture)

BOOST_AUTO_TEST_CASE(is_not_read_until_it_does) {
  session->stop_reading();
  ask(5);
  BOOST_TEST(session->is_read());
  ask(20);
  BOOST_TEST(!session->is_read());
  session->drain();
  run();
  BOOST_TEST(session->is_read());
  advance(100s);
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(is_not_read_where_others_have_much_waiting_either) {
  session->stop_reading();
  ask(3);
  session->limit = 1; // what waits was not too much when it came
  ask(1);
  BOOST_TEST(!session->is_read());
  BOOST_TEST(session->is_drain_asked());
}

BOOST_AUTO_TEST_CASE(is_closed_when_that_takes_too_long) {
  session->stop_reading();
  ask(20);
  advance(44s);
  BOOST_TEST(session->is_open());
  advance(1s);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(is_read_again_only_when_its_emits_are_answered_too) {
  limits.unanswered_emits = 1;
  restart();
  connect();
  session->stop_reading();
  ask(20);
  emit();
  session->drain();
  run();
  BOOST_TEST(!session->is_read());
  store(0);
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_connection_that_is_to_close, connection_fixture)

BOOST_AUTO_TEST_CASE(does_so_at_once_when_nothing_is_under_way) {
  connect();
  session->ask_to_close();
  run();
  BOOST_TEST(!session->is_open());
  BOOST_TEST(!session->is_aborted());
  BOOST_TEST(is_over(connection));
}

BOOST_AUTO_TEST_CASE(answers_first_what_was_emitted) {
  connect();
  emit("1"), emit("2");
  session->ask_to_close();
  run();
  BOOST_TEST(session->is_open());
  BOOST_TEST(!session->is_read());
  BOOST_TEST(store(0).size() == 1u);
  BOOST_TEST(session->is_open());
  BOOST_TEST(!session->is_read());
  BOOST_TEST(reject(1, emit_errc::timeout).size() == 1u);
  BOOST_TEST(!session->is_open());
  BOOST_TEST(is_over(connection));
}

BOOST_AUTO_TEST_CASE(answers_also_what_needs_no_ack) {
  connect();
  emit();
  session->ask_to_close();
  BOOST_TEST(session->is_open());
  store(0);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(still_gets_events_meanwhile) {
  connect();
  enter("chat:1", 1);
  emit("1");
  session->take();
  session->ask_to_close();
  run();
  BOOST_TEST(deliver(1, "2[\"a\"]").size() == 1u);
  store(0);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
