#include "actors/runtime/tracer.hpp"
#include "tests/actors/client/connection_fixture.hpp"
#include "tests/support/counted.hpp"

namespace weir {

namespace {

using test::connection_fixture;
using test::counted;
using texts = connection_fixture::texts;

BOOST_FIXTURE_TEST_SUITE(a_delivery, connection_fixture)

BOOST_AUTO_TEST_CASE(leaves_out_what_the_socket_itself_has_emitted) {
  connect();
  enter("chat:1", 1);
  auto all = texts{"2[0]", "2[1]", "2[2]"};
  auto deliver_but = [&](std::vector<room_events::exception> exceptions) {
    auto events = events_of(1, all);
    events->exceptions = std::move(exceptions);
    return deliver(events);
  };
  BOOST_TEST(deliver_but({{"other", 1}}) == all);
  BOOST_TEST(deliver_but({{"s1", 1}}) == (texts{"2[0]", "2[2]"}));
  BOOST_TEST(deliver_but({{"s1", 1}, {"s1", 2}}) == texts{"2[0]"});
  BOOST_TEST(deliver_but({{"s1", 0}}) == (texts{"2[1]", "2[2]"}));
  BOOST_TEST(deliver_but({{"s1", 0}, {"other", 1}, {"s1", 2}})
             == texts{"2[1]"});
  BOOST_TEST(deliver_but({{"s1", 0}, {"s1", 1}, {"s1", 2}}).empty());
  BOOST_TEST(deliver_but({}) == all);
}

BOOST_AUTO_TEST_CASE(ends_its_spans_when_it_is_sent) {
  const tracer traces{{10, 10}, 1, [] {}};
  auto spans = std::make_shared<const std::vector<span_ptr>>(
    1, traces.begin({}, "", "deliver", schemas::span_kind::consumer));
  connect();
  enter("chat:1", 1);
  tell(connection,
       deliver_events{events_of(1, {"2[0]"}), true, nullptr, spans});
  BOOST_TEST(session->take() == texts{"2[0]"});
  BOOST_TEST(traces.waiting().size() == 0u);
  spans.reset();
  BOOST_TEST(traces.waiting().size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_counted_and_timed_by_event_if_it_is_live) {
  connect();
  enter("chat:1", 1);
  auto sent = [&, before = meter->events_out.get()] {
    return meter->events_out.get() - before;
  };
  auto deliver_at = [&](bool is_live, texts packets, bool is_marked) {
    auto events = events_of(1, packets);
    for (auto& x : events->events)
      x.timestamp_ms = 1000;
    if (is_marked)
      events->exceptions.push_back({"s1", 0});
    deliver(std::move(events), is_live);
  };
  deliver_at(true, {"2[0]", "2[1]"}, false);
  BOOST_TEST(sent() == 2);
  BOOST_TEST(counted(meter->deliveries()) == 2);
  deliver_at(true, {"2[2]", "2[3]"}, true); // of which it gets one
  BOOST_TEST(sent() == 3);
  BOOST_TEST(counted(meter->deliveries()) == 3);
  deliver_at(false, {"2[4]"}, false);
  BOOST_TEST(sent() == 4);
  BOOST_TEST(counted(meter->deliveries()) == 3);
}

BOOST_AUTO_TEST_CASE(is_for_the_rooms_namespace_only) {
  connect(), connect("/custom");
  enter("chat:1", 1);
  BOOST_TEST(deliver(events_of(1, {"2/custom,[]"}, 1)).empty());
}

BOOST_AUTO_TEST_CASE(may_be_larger_than_the_outbox_where_nothing_waits) {
  limits.outbox = 100;
  restart();
  connect();
  enter("chat:1", 1);
  BOOST_TEST(deliver(1, std::string(200, 'x')).size() == 1u);
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(ends_with_the_connection_when_the_room_has_failed) {
  connect();
  enter("chat:1", 1);
  tell(connection, room_closed{2});
  BOOST_TEST(session->is_open());
  tell(connection, room_closed{1});
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_local_event, connection_fixture)

BOOST_AUTO_TEST_CASE(goes_back_to_its_sender) {
  connect();
  BOOST_TEST(feed(R"(2["echo",1,"b"])") == texts{R"(2["echoed",1,"b"])"});
}

BOOST_AUTO_TEST_CASE(goes_back_with_its_attachments) {
  connect();
  feed(R"(51-["echo",{"_placeholder":true,"num":0}])");
  session->feed_binary("bytes");
  BOOST_TEST(
    session->take()
    == (texts{R"(51-["echoed",{"_placeholder":true,"num":0}])", "b:bytes"}));
}

BOOST_AUTO_TEST_CASE(may_be_answered_with_its_arguments) {
  connect();
  BOOST_TEST(feed(R"(23["ask",1,"b"])") == texts{R"(33[1,"b"])"});
  BOOST_TEST(feed(R"(2["ask",1])").empty());
}

BOOST_AUTO_TEST_CASE(goes_to_a_room_under_its_other_name) {
  connect();
  enter("chat:1", 1);
  BOOST_TEST(feed(R"(2["typing",{"room":"chat:1"}])").empty());
  BOOST_TEST_REQUIRE(locals.size() == 1u);
  BOOST_TEST(locals[0].room == "chat:1");
  BOOST_TEST(locals[0].sender->id == "s1");
  std::string frames;
  engineio::append_text_message(frames, R"(2["types",{"room":"chat:1"}])");
  BOOST_TEST(*locals[0].frames == frames);
}

BOOST_AUTO_TEST_CASE(goes_to_a_room_from_its_members_only) {
  connect();
  BOOST_TEST(feed(R"(23["typing",{"room":"chat:1"}])")
             == texts{R"(33[{"status":"error","code":"not_a_member",)"
                      R"("message":"only members may send local events )"
                      R"(into a room"}])"});
  BOOST_TEST(feed(R"(2["typing"])").empty());
  BOOST_TEST(locals.empty());
}

BOOST_AUTO_TEST_CASE(is_delivered_to_the_other_members) {
  connect();
  enter("chat:1", 1);
  auto other = std::make_shared<const socket_identity>();
  auto frames = events_of(1, {"2[]"})->frames;
  tell(connection, deliver_local{1, 0, other, frames});
  BOOST_TEST(session->take() == texts{"2[]"});
  tell(connection, deliver_local{1, 0, joins[0].ack.socket, frames});
  tell(connection, deliver_local{2, 0, other, frames});
  BOOST_TEST(session->take().empty());
}

BOOST_AUTO_TEST_CASE(is_not_worth_a_connection) {
  limits.outbox = 100;
  restart();
  connect();
  enter("chat:1", 1);
  session->stop_reading();
  auto other = std::make_shared<const socket_identity>();
  for (int i = 0; i < 50; ++i)
    tell(connection, deliver_local{1, 0, other, events_of(1, {"2[]"})->frames});
  BOOST_TEST(session->is_open());
  BOOST_TEST(session->outbox_size() <= 100u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
