#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::http {
namespace {

using engineio::opcode;

struct fixture : test::test_server {
  /// A polling session, and a WebSocket that asks to take it over.
  test::peer start_and_upgrade() {
    start();
    polling = open_polling();
    websocket = polling;
    websocket.replace(websocket.find("polling"), 7, "websocket");
    auto client = connect();
    BOOST_TEST_REQUIRE(client.upgrade(websocket).status == 101u);
    return client;
  }

  void send(std::string_view text) {
    with_session([&](auto& x) {
      std::string frame;
      engineio::append_text_message(frame, text);
      x.send(frame);
    });
  }

  void probe(test::peer& client) {
    client.send_text("2probe");
    BOOST_TEST_REQUIRE(client.read_frame() == "text:3probe");
  }

  std::string polling;
  std::string websocket;
};

BOOST_FIXTURE_TEST_SUITE(an_upgrade, fixture)

BOOST_AUTO_TEST_CASE(moves_a_session_to_a_websocket) {
  auto client = start_and_upgrade();
  probe(client);
  client.send_text("5");
  client.send_text("4hello");
  BOOST_TEST(client.read_frame() == "text:4hello");
  with_session([](auto& x) { BOOST_TEST(x.transport() == "websocket"); });
  BOOST_TEST(server->sessions() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_the_waiting_get_with_a_noop_once_it_is_probed) {
  auto client = start_and_upgrade();
  auto waiting = connect();
  waiting.send_get(polling);
  with_session([](auto&) {});
  BOOST_TEST(!waiting.has_input());
  probe(client);
  BOOST_TEST(waiting.read_answer().body == "6");
  BOOST_TEST(get(polling).body == "6"); // and any later one, soon
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_what_was_queued_before_it) {
  auto client = start_and_upgrade();
  probe(client);
  get(polling);
  send("1");
  send("2");
  client.send_text("5");
  send("3");
  BOOST_TEST(client.read_frame() == "text:41");
  BOOST_TEST(client.read_frame() == "text:42");
  BOOST_TEST(client.read_frame() == "text:43");
}

BOOST_AUTO_TEST_CASE(sends_messages_over_polling_until_it_is_complete) {
  auto client = start_and_upgrade();
  probe(client);
  send("1");
  auto body = get(polling).body;
  BOOST_TEST((body == "41" || get(polling).body == "41"));
}

BOOST_AUTO_TEST_CASE(answers_a_get_that_still_waits_when_it_is_complete) {
  auto client = start_and_upgrade();
  probe(client);
  get(polling);
  auto waiting = connect();
  waiting.send_get(polling);
  client.send_text("5");
  auto x = waiting.read_answer();
  BOOST_TEST((x.body == "6" || x.status == 400u)); // before or after the `5`
}

BOOST_AUTO_TEST_CASE(ends_polling_requests_of_the_session) {
  auto client = start_and_upgrade();
  probe(client);
  client.send_text("5");
  client.send_text("4done");
  BOOST_TEST(client.read_frame() == "text:4done");
  constexpr auto bad_request = R"({"code":3,"message":"Bad request"})";
  BOOST_TEST(get(polling).body == bad_request);
  BOOST_TEST(post(polling, "4a").body == bad_request);
}

BOOST_AUTO_TEST_CASE(closes_only_the_websocket_when_the_probe_fails) {
  auto client = start_and_upgrade();
  client.send_text("4no probe");
  BOOST_TEST(client.read_frame() == "close:1001");
  BOOST_TEST(events[engineio::port_event::upgrade_failed] == 1);
  send("goes on");
  BOOST_TEST(get(polling).body == "4goes on");
  auto second = connect();
  BOOST_TEST(second.upgrade(websocket).status == 101u);
  probe(second);
}

BOOST_AUTO_TEST_CASE(closes_only_the_websocket_when_it_takes_too_long) {
  settings.engineio.upgrade_timeout = std::chrono::milliseconds{30};
  auto client = start_and_upgrade();
  BOOST_TEST(client.is_ended());
  BOOST_TEST(events[engineio::port_event::upgrade_failed] == 1);
  send("goes on");
  BOOST_TEST(get(polling).body == "4goes on");
}

BOOST_AUTO_TEST_CASE(may_be_given_up_by_the_client) {
  auto client = start_and_upgrade();
  probe(client);
  client.close();
  send("goes on");
  auto body = get(polling).body;
  BOOST_TEST((body == "4goes on" || get(polling).body == "4goes on"));
  BOOST_TEST(events[engineio::port_event::upgrade_failed] == 0);
}

// As Node's server does: for clients a 101 and a close is a close, while any
// other answer is an error.
BOOST_AUTO_TEST_CASE(closes_a_second_websocket_right_after_its_101) {
  auto client = start_and_upgrade();
  auto refused = [&] {
    auto second = connect();
    BOOST_TEST(second.upgrade(websocket).status == 101u);
    BOOST_TEST(second.read_frame() == "close:1001");
    BOOST_TEST(second.is_ended());
  };
  refused();
  probe(client);
  refused();
  client.send_text("5");
  client.send_text("4a");
  BOOST_TEST(client.read_frame() == "text:4a");
  refused();
  client.send_text("4b");
  BOOST_TEST(client.read_frame() == "text:4b");
}

BOOST_AUTO_TEST_CASE(delivers_a_held_post_before_what_the_websocket_brings) {
  auto client = start_and_upgrade();
  with_session([](auto& x) { x.pause_reading(); });
  auto posting = connect();
  posting.send_post(polling, "4first");
  with_session([](auto&) {});
  probe(client);
  client.send_text("5");
  client.send_text("4second");
  get(polling); // after the `5`, or a noop before it
  BOOST_TEST(is_quiet());
  with_session([](auto& x) { x.resume_reading(); });
  BOOST_TEST(posting.read_answer().body == "ok");
  BOOST_TEST(next() == "text:first");
  BOOST_TEST(next() == "text:second");
}

/// Whatever holds a POST up, and over whichever transport it has sent too much.
BOOST_AUTO_TEST_CASE(keeps_the_order_while_it_is_held_back) {
  settings.limits.packets = {100, 1};
  auto client = start_and_upgrade();
  auto posting = connect();
  posting.send_post(polling, "40\x1e"
                             "41\x1e"
                             "42\x1e"
                             "43\x1e"
                             "44");
  BOOST_TEST(next() == "text:0");
  client.send_text("2probe");
  client.send_text("5");
  for (int i = 5; i < 10; ++i)
    client.send_text("4" + std::to_string(i));
  get(polling); // what it has sent back, or a noop
  BOOST_TEST(posting.read_answer().body == "ok");
  for (int i = 1; i < 10; ++i)
    BOOST_TEST(next() == "text:" + std::to_string(i));
  BOOST_TEST(events[engineio::port_event::packets_too_often] > 0);
}

BOOST_AUTO_TEST_CASE(ends_with_its_session) {
  auto client = start_and_upgrade();
  post(polling, "1");
  BOOST_TEST(client.is_ended());
  BOOST_TEST(server->sessions() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
