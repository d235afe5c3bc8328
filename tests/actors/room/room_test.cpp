#include "tests/actors/room/room_fixture.hpp"

namespace weir {

namespace {

using test::record_of;
using test::room_fixture;
using namespace std::chrono_literals;
using texts = room_fixture::texts;

BOOST_FIXTURE_TEST_SUITE(a_room, room_fixture)

BOOST_AUTO_TEST_CASE(sends_all_members_one_message_object) {
  complete();
  join(a), join(b);
  send(3, "1");
  BOOST_TEST(packets(a) == texts{R"(2["e",1])"});
  BOOST_TEST(packets(b) == packets(a));
  BOOST_TEST(a.deliveries.at(0).events == b.deliveries.at(0).events);
  BOOST_TEST(a.deliveries[0].events->room == 7u);
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_records) {
  complete();
  join(a);
  send({record_of(0, "k", "0"), record_of(1, "k", "1")});
  send(2, "2");
  BOOST_TEST(packets(a)
             == (texts{R"(2["e",0])", R"(2["e",1])", R"(2["e",2])"}));
  BOOST_TEST(a.deliveries.size() == 2u);
}

BOOST_AUTO_TEST_CASE(sends_nothing_to_who_has_left) {
  complete();
  join(a), join(b);
  leave(a);
  send(0, "1");
  BOOST_TEST(packets(a).empty());
  BOOST_TEST(packets(b).size() == 1u);
}

// Its node has got to 3 without the room, and been notified of 0 only when the
// partition's owner changes: the next subscription begins there.
BOOST_AUTO_TEST_CASE(sends_nothing_of_before_its_beginning) {
  complete({{0, 3}});
  join(a);
  send(batch_of({record_of(2, "k", "2"), record_of(5, "k", "5")}, 0, 6));
  BOOST_TEST(packets(a) == texts{R"(2["e",5])"});
  join(b);
  send(6, "6");
  BOOST_TEST(packets(b) == texts{R"(2["e",6])"});
}

BOOST_AUTO_TEST_CASE(sends_nothing_twice_when_it_comes_again) {
  complete();
  join(a);
  send(0, "0");
  send(batch_of({record_of(0, "k", "0"), record_of(1, "k", "1")}, 0, 2));
  BOOST_TEST(packets(a) == (texts{R"(2["e",0])", R"(2["e",1])"}));
}

BOOST_AUTO_TEST_CASE(skips_a_poison_record_and_delivers_the_following) {
  complete();
  join(a);
  send({record_of(0, "k", "{"), record_of(1, "k", "1")});
  send(2, "{");
  send(3, "3");
  BOOST_TEST(packets(a) == (texts{R"(2["e",1])", R"(2["e",3])"}));
  BOOST_TEST(a.deliveries.size() == 2u);
}

BOOST_AUTO_TEST_CASE(holds_the_batchs_lease_until_all_members_are_done) {
  complete();
  join(a), join(b);
  send(0, "1");
  BOOST_TEST(freed == 0);
  a.deliveries.clear();
  BOOST_TEST(freed == 0);
  b.deliveries.clear();
  BOOST_TEST(freed == 1);
}

BOOST_AUTO_TEST_CASE(lets_the_lease_go_when_nobody_gets_anything) {
  complete();
  send(0, "1");
  join(a);
  send(1, "{");
  BOOST_TEST(freed == 2);
}

const std::string recorded_trace
  = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

struct traced_room : room_fixture {
  traced_room() {
    settings.traces = traces;
    settings.encoder.notes_traces = true;
    restart();
    complete();
  }

  static kafka::record_view traced(std::int64_t offset,
                                   std::string_view value = "1") {
    auto result = record_of(offset, "k", value);
    result.headers.emplace_back("traceparent", recorded_trace);
    return result;
  }

  std::vector<schemas::span> spans() const {
    return traces->waiting().take({}, true);
  }

  tracer_ptr traces = std::make_shared<const tracer>(
    span_queue_options{100, 100, 1s}, 1, [] {});
};

BOOST_FIXTURE_TEST_CASE(has_a_span_of_each_traced_record_until_all_have_it,
                        traced_room) {
  join(a), join(b);
  send({traced(3), record_of(4, "k", "2"), traced(5)});
  BOOST_TEST(packets(a).size() == 3u);
  a.deliveries.clear();
  BOOST_TEST(spans().empty());
  b.deliveries.clear();
  auto all = spans();
  BOOST_TEST_REQUIRE(all.size() == 2u);
  auto parent = *parse_traceparent(recorded_trace);
  std::vector<std::int64_t> offsets;
  for (auto& x : all) {
    BOOST_TEST(x.name == "deliver");
    BOOST_TEST((x.kind == schemas::span_kind::consumer));
    BOOST_TEST((x.context.trace_id == parent.trace_id));
    BOOST_TEST((x.parent == parent.span_id));
    for (auto& [name, value] : x.attributes) {
      if (name == "messaging.kafka.offset")
        offsets.push_back(std::get<std::int64_t>(value));
      if (name == "weir.members")
        BOOST_TEST(std::get<std::int64_t>(value) == 2);
    }
  }
  BOOST_TEST((offsets == std::vector<std::int64_t>{3, 5}));
}

BOOST_FIXTURE_TEST_CASE(has_no_span_of_what_nobody_gets, traced_room) {
  send({traced(0)});
  join(a);
  send({traced(1, "{")});
  send({record_of(2, "k", "2")});
  a.deliveries.clear();
  BOOST_TEST(spans().empty());
}

BOOST_AUTO_TEST_CASE(has_no_spans_where_nothing_is_traced) {
  complete();
  join(a);
  send({traced_room::traced(0)});
  BOOST_TEST_REQUIRE(a.deliveries.size() == 1u);
  BOOST_TEST((a.deliveries[0].spans == nullptr));
}

BOOST_AUTO_TEST_CASE(passes_local_events_on_with_their_sender) {
  complete();
  join(a), join(b);
  auto frames = std::make_shared<const std::string>("frames");
  tell(room, broadcast_local{0, "room", a.socket, frames});
  BOOST_TEST_REQUIRE(b.locals.size() == 1u);
  BOOST_TEST(b.locals[0].sender == a.socket);
  BOOST_TEST(b.locals[0].frames == frames);
  BOOST_TEST(b.locals[0].room == 7u);
}

BOOST_AUTO_TEST_CASE(tells_its_members_when_it_ends_before_them) {
  complete();
  join(a);
  end(room);
  BOOST_TEST_REQUIRE(a.closed.size() == 1u);
  BOOST_TEST(a.closed[0].room == 7u);
}

BOOST_AUTO_TEST_CASE(tells_who_waits_when_it_ends) {
  join(a);
  end(room);
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST(a.joins[0].error == emit_errc::unavailable);
  BOOST_TEST(a.closed.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_join, room_fixture)

BOOST_AUTO_TEST_CASE(is_answered_with_where_the_room_begins) {
  complete({{0, 5}, {1, 8}});
  join(a, "42");
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  auto& x = a.joins[0];
  BOOST_TEST(x.error == emit_errc::none);
  BOOST_TEST(x.ack.ack_id == "42");
  BOOST_TEST(x.ack.socket == a.socket);
  BOOST_TEST(x.room_name == "room");
  BOOST_TEST(x.room == 7u);
  BOOST_TEST(x.membership == 9u);
  BOOST_TEST((x.from == positions{{0, 5}}));
}

BOOST_AUTO_TEST_CASE(waits_until_the_room_is_complete) {
  join(a);
  send(3, "1");
  BOOST_TEST(a.joins.empty());
  BOOST_TEST(packets(a).empty());
  complete();
  BOOST_TEST(a.joins.size() == 1u);
  send(4, "2");
  BOOST_TEST(packets(a) == texts{R"(2["e",2])"});
}

BOOST_AUTO_TEST_CASE(says_what_the_room_has_seen_by_then) {
  complete({{0, 5}, {1, 8}});
  send(6, "1");
  join(a);
  BOOST_TEST((a.joins.at(0).from == positions{{0, 7}}));
}

BOOST_AUTO_TEST_CASE(does_not_promise_records_that_came_while_it_waited) {
  join(a);
  send(6, "1");
  complete({{0, 5}, {1, 8}});
  BOOST_TEST((a.joins.at(0).from == positions{{0, 7}}));
}

BOOST_AUTO_TEST_CASE(promises_no_records_from_before_the_room_was_complete) {
  send(6, "1"); // of a batch that was under way for an earlier room
  complete({{0, 9}});
  join(a);
  BOOST_TEST((a.joins.at(0).from == positions{{0, 9}}));
}

BOOST_AUTO_TEST_CASE(is_refused_when_the_room_is_not_complete_in_time) {
  join(a);
  advance(4999ms);
  BOOST_TEST(a.joins.empty());
  advance(1ms);
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST(a.joins[0].error == emit_errc::unavailable);
  BOOST_TEST(empty.size() == 1u);
}

BOOST_AUTO_TEST_CASE(has_its_own_time_after_others_have_been_refused) {
  join(a);
  advance(5s);
  join(b);
  advance(4s);
  BOOST_TEST(b.joins.empty());
  complete();
  BOOST_TEST(b.joins.at(0).error == emit_errc::none);
  advance(10s);
  BOOST_TEST(b.joins.size() == 1u);
}

BOOST_AUTO_TEST_CASE(has_its_own_time_while_an_earlier_one_waits) {
  join(a);
  advance(4990ms);
  join(b);
  advance(10ms);
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST(a.joins[0].error == emit_errc::unavailable);
  advance(4980ms);
  BOOST_TEST(b.joins.empty());
  advance(10ms);
  BOOST_TEST(b.joins.size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_who_has_left_meanwhile_is_answered_but_no_member) {
  join(a, "1");
  leave(a);
  join(a, "2");
  leave(a);
  join(b);
  complete({{0, 5}});
  BOOST_TEST(a.joins.size() == 2u);
  for (auto& x : a.joins)
    BOOST_TEST(x.error == emit_errc::none);
  BOOST_TEST((a.joins.at(0).from == positions{{0, 5}}));
  send(5, "1");
  BOOST_TEST(packets(a).empty());
  BOOST_TEST(packets(b).size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_over_before_the_leave_behind_it) {
  auto lease_of = [this](std::string name) {
    return std::make_shared<const credit_lease>(
      [this, name = std::move(name)] { over.push_back(name); });
  };
  auto post_join = [&](std::string name) {
    auto x = request_of(a, name);
    x.lease = lease_of(name);
    tell(room, std::move(x));
  };
  post_join("first");
  tell(room, leave_room{a.socket, "room", lease_of("leave")});
  post_join("second");
  BOOST_TEST(over.empty());
  complete();
  BOOST_TEST(over == (texts{"first", "leave", "second"}));
  send(0, "1");
  BOOST_TEST(packets(a).size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_a_socket_that_is_gone_is_not_answered) {
  join(a);
  tell(room, leave_room{a.socket, "room", nullptr, true});
  complete();
  BOOST_TEST(a.joins.empty());
}

BOOST_AUTO_TEST_CASE(with_an_earlier_offset_takes_a_member_back) {
  complete({{0, 5}});
  join(a);
  send(5, "1");
  auto x = request_of(a, "2");
  x.since = {{0, 2}};
  tell(room, x);
  BOOST_TEST((a.joins.back().behind == positions{{0, 2}}));
  BOOST_TEST((a.joins.back().from == positions{{0, 2}}));
  tell(room, read_room{a.socket, 9, 0, 2, 1000, 1});
  BOOST_TEST_REQUIRE(started.size() == 1u);
  BOOST_TEST(started[0].from == 2);
}

BOOST_AUTO_TEST_CASE(twice_is_answered_twice_and_delivered_to_once) {
  complete();
  join(a), join(a);
  send(0, "1");
  BOOST_TEST(a.joins.size() == 2u);
  BOOST_TEST(packets(a).size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_one_socket_is_none_of_another_of_its_connection) {
  complete();
  b.handle = a.handle;
  join(a), join(b);
  send(0, "1");
  BOOST_TEST(packets(a).size() == 2u);
}

BOOST_AUTO_TEST_CASE(keeps_the_room_until_it_is_answered) {
  join(a);
  leave(a);
  BOOST_TEST(empty.empty());
  complete();
  BOOST_TEST(a.joins.size() == 1u);
  BOOST_TEST(empty.size() == 1u);
  send(0, "1");
  BOOST_TEST(packets(a).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_empty_room, room_fixture)

BOOST_AUTO_TEST_CASE(reports_after_how_many_joins_it_is_empty) {
  complete();
  join(a), join(b);
  leave(b);
  BOOST_TEST(empty.empty());
  leave(a);
  BOOST_TEST_REQUIRE(empty.size() == 1u);
  BOOST_TEST(empty[0].room_name == "room");
  BOOST_TEST(empty[0].room == 7u);
  BOOST_TEST(empty[0].joins == 2u);
}

BOOST_AUTO_TEST_CASE(keeps_no_tombstones_that_are_skipped) {
  route.settings.tombstones = tombstone_policy::skip;
  complete();
  join(a);
  auto tombstone = record_of(0, "k", "");
  tombstone.has_value = false;
  send({tombstone, record_of(1, "k", "1")});
  BOOST_TEST(packets(a) == texts{R"(2["e",1])"});
}

BOOST_AUTO_TEST_CASE(reports_nothing_while_somebody_waits) {
  join(a), join(b);
  leave(a);
  BOOST_TEST(empty.empty());
}

BOOST_AUTO_TEST_CASE(sends_all_members_away_and_says_how_many) {
  complete();
  join(a), join(b);
  auto gone = ask<disconnected>(room, disconnect_room{0, "room"});
  BOOST_TEST_REQUIRE(gone.has_value());
  BOOST_TEST(gone->clients == 2u);
  BOOST_TEST_REQUIRE(a.unwanted.size() == 1u);
  BOOST_TEST((a.unwanted[0].socket == a.socket));
  BOOST_TEST(b.unwanted.size() == 1u);
  BOOST_TEST(c.unwanted.empty());
}

BOOST_AUTO_TEST_CASE(refuses_joins_while_nobody_sends_it_anything) {
  complete();
  join(a);
  tell(room, room_unreachable{"kcat has it"});
  join(b);
  BOOST_TEST_REQUIRE(b.joins.size() == 1u);
  BOOST_TEST((b.joins[0].error == emit_errc::unavailable));
  BOOST_TEST(b.joins[0].message == "kcat has it");
  tell(room, room_unreachable{});
  join(b);
  BOOST_TEST((b.joins.at(1).error == emit_errc::none));
  send(0, "1"); // who was in has stayed in
  BOOST_TEST(packets(a).size() == 1u);
  BOOST_TEST(packets(b).size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_joins_that_wait_for_nothing) {
  join(a);
  tell(room, room_unreachable{"kcat has it"});
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST((a.joins[0].error == emit_errc::unavailable));
  BOOST_TEST(empty.size() == 1u);
}

// Nobody would tell it that it has to come again.
BOOST_AUTO_TEST_CASE(keeps_joins_without_an_ack_waiting) {
  tell(room, room_unreachable{"kcat has it"});
  join(a, "");
  BOOST_TEST(a.joins.empty());
  tell(room, room_unreachable{});
  complete();
  BOOST_TEST_REQUIRE(a.joins.size() == 1u);
  BOOST_TEST((a.joins[0].error == emit_errc::none));
}

BOOST_AUTO_TEST_CASE(tells_an_operator_how_it_is) {
  join(a), advance(2s), join(b);
  auto waiting = ask<room_described>(room, query_room{});
  BOOST_TEST_REQUIRE(waiting.has_value());
  BOOST_TEST(waiting->status.waiting_joins == 2u);
  BOOST_TEST(waiting->status.waiting_ms == 2000u);
  BOOST_TEST(waiting->status.members == 0u);
  complete({{0, 5}});
  tell(room, room_unreachable{"kcat has it"});
  auto now = ask<room_described>(room, query_room{true});
  BOOST_TEST_REQUIRE(now.has_value());
  auto& x = now->status;
  BOOST_TEST(x.members == 2u);
  BOOST_TEST(x.members_lagging == 0u);
  BOOST_TEST(x.waiting_ms == 0u);
  BOOST_TEST(x.problem == "kcat has it");
  BOOST_TEST_REQUIRE(x.partitions.size() == 1u);
  BOOST_TEST(x.partitions[0].next == 5);
}

// Its client does not read, so that it asks for nothing.
BOOST_AUTO_TEST_CASE(tells_an_operator_who_is_behind_and_does_not_ask) {
  complete({{0, 5}});
  join(a), join(b);
  send({record_of(5, "room", "1"), record_of(6, "room", "2")});
  auto behind = [this] {
    auto answer = ask<room_described>(room, query_room{true});
    BOOST_TEST_REQUIRE(answer.has_value());
    return answer->status.lagging;
  };
  tell(room, read_room{b.socket, 9, 0, 7}); // it has caught up meanwhile
  BOOST_TEST(behind().empty());
  tell(room, read_room{a.socket, 9, 0, 6});
  BOOST_TEST_REQUIRE(behind().size() == 1u);
  BOOST_TEST(behind()[0].positions.at(0).next == 6);
  BOOST_TEST(a.done.empty());
  leave(a);
  BOOST_TEST(behind().empty());
}

BOOST_AUTO_TEST_CASE(tells_an_operator_who_is_behind) {
  complete({{0, 5}});
  a.socket = std::make_shared<const socket_identity>(
    socket_identity{"id of a", 0, "ada"});
  auto since = request_of(a, "1");
  since.since = {{0, 2}};
  tell(room, since);
  tell(room, read_room{a.socket, 9, 0, 2, 1000, 1});
  join(b);
  auto answer = ask<room_described>(room, query_room{true});
  BOOST_TEST_REQUIRE(answer.has_value());
  auto& x = answer->status;
  BOOST_TEST(x.members_lagging == 1u);
  BOOST_TEST_REQUIRE(x.lagging.size() == 1u);
  BOOST_TEST(x.lagging[0].socket == "id of a");
  BOOST_TEST(x.lagging[0].user == "ada");
  BOOST_TEST_REQUIRE(x.lagging[0].positions.size() == 1u);
  BOOST_TEST(x.lagging[0].positions[0].next == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
