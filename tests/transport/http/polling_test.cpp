#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::http {
namespace {

using test::unknown_sid;

struct fixture : test::test_server {
  using answer = test::answer;

  void start_and_open() {
    start();
    target = open_polling();
  }

  /// The client's requests of this session, each over its own connection.
  answer poll() { return get(target); }
  answer push(std::string_view body) { return post(target, body); }

  /// Upon which clients reconnect, all of them: python-socketio stays away
  /// when it is notified by a close packet.
  static bool is_refused(const answer& x) {
    return x.status == 400 && x.body.empty();
  }

  /// A paused session does not answer a POST, while it answers a GET that was
  /// sent later.
  bool is_unanswered(test::peer& client) {
    with_session([](auto& x) {
      std::string frame;
      engineio::append_text_message(frame, "while paused");
      x.send(frame);
    });
    return poll().body == "4while paused" && !client.has_input() && is_quiet();
  }

  std::string target;
};

BOOST_FIXTURE_TEST_SUITE(long_polling, fixture)

BOOST_AUTO_TEST_CASE(begins_with_the_open_packet) {
  start();
  auto x = get(test::engine_target("polling"));
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(x.fields["content-type"] == "text/plain; charset=UTF-8");
  BOOST_TEST(x.fields["cache-control"] == "no-store");
  BOOST_TEST(x.body.starts_with(R"(0{"sid":")"));
  BOOST_TEST(x.body.substr(29)
             == R"(","upgrades":["websocket"],"pingInterval":20000,)"
                R"("pingTimeout":10000,"maxPayload":1000000})");
  BOOST_TEST(server->sessions() == 1u);
}

BOOST_AUTO_TEST_CASE(carries_packets_both_ways) {
  start_and_open();
  auto x = push("4hello");
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(x.body == "ok");
  BOOST_TEST(x.fields["content-type"] == "text/html");
  BOOST_TEST(next() == "text:hello");
  BOOST_TEST(poll().body == "4hello");
}

BOOST_AUTO_TEST_CASE(carries_several_packets_and_bytes_in_base64) {
  start_and_open();
  push("4a\x1e"
       "bAQIDBA==\x1e"
       "4\xE2\x82\xAC");
  BOOST_TEST(next() == "text:a");
  BOOST_TEST(next() == "binary:\x01\x02\x03\x04");
  BOOST_TEST(next() == "text:\xE2\x82\xAC");
  BOOST_TEST(poll().body
             == "4a\x1e"
                "bAQIDBA==\x1e"
                "4\xE2\x82\xAC");
}

BOOST_AUTO_TEST_CASE(answers_a_get_as_soon_as_there_is_something) {
  start_and_open();
  auto waiting = connect();
  waiting.send_get(target);
  push("4now");
  BOOST_TEST(waiting.read_answer().body == "4now");
}

BOOST_AUTO_TEST_CASE(cuts_an_answer_at_the_payload_limit) {
  settings.engineio.max_payload = 100;
  start_and_open();
  for (char c : {'a', 'b', 'c'})
    push('4' + std::string(60, c));
  BOOST_TEST(poll().body == '4' + std::string(60, 'a'));
  BOOST_TEST(poll().body == '4' + std::string(60, 'b'));
  with_session([](auto& x) {
    std::string big;
    engineio::append_text_message(big, std::string(500, 'd'));
    x.send(big);
  });
  BOOST_TEST(poll().body == '4' + std::string(60, 'c'));
  BOOST_TEST(poll().body.size() == 501u); // one packet at least
}

BOOST_AUTO_TEST_CASE(puts_at_most_16_packets_into_an_answer) {
  start_and_open();
  with_session([](auto& x) {
    std::string frames;
    for (int i = 0; i < 20; ++i)
      engineio::append_text_message(frames, "a");
    x.send(frames);
  });
  // As many as python-socketio takes: "4a" and a separator, 16 times.
  BOOST_TEST(poll().body.size() == 16u * 3 - 1);
  BOOST_TEST(poll().body.size() == 4u * 3 - 1);
}

BOOST_AUTO_TEST_CASE(keeps_its_connections_open_for_further_requests) {
  start_and_open();
  auto client = connect();
  for (auto text : {"4a", "4b", "4c"}) {
    BOOST_TEST(client.post(target, text).body == "ok");
    BOOST_TEST(client.get(target).body == text);
  }
}

BOOST_AUTO_TEST_CASE(answers_pipelined_requests_in_order) {
  start_and_open();
  auto client = connect();
  client.send_post(target, "4a");
  client.send_get(target);
  client.send_post(target, "4b");
  client.send_get(target);
  for (auto expected : {"ok", "4a", "ok", "4b"})
    BOOST_TEST(client.read_answer().body == expected);
}

BOOST_AUTO_TEST_CASE(beats) {
  settings.engineio.ping_interval = std::chrono::milliseconds{30};
  settings.engineio.ping_timeout = std::chrono::milliseconds{250};
  start_and_open();
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(poll().body == "2");
    push("3");
  }
  BOOST_TEST(poll().body == "2");
  BOOST_TEST(next() == "closed:ping timeout");
  BOOST_TEST(poll().body == unknown_sid);
}

// -- overlapping and aborted requests -----------------------------------------

BOOST_AUTO_TEST_CASE(closes_on_a_second_get) {
  start_and_open();
  auto first = connect();
  first.send_get(target);
  with_session(
    [](auto&) {}); // the loop has had a turn; now order does not matter
  auto second = connect();
  second.send_get(target);
  auto x = first.read_answer();
  auto y = second.read_answer();
  if (x.status == 400)
    std::swap(x, y);
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(x.body == "1");
  BOOST_TEST(y.status == 400u);
  BOOST_TEST(y.body == "");
  BOOST_TEST(next() == "closed:transport error");
  BOOST_TEST(poll().body == unknown_sid);
}

BOOST_AUTO_TEST_CASE(closes_on_a_second_post) {
  start_and_open();
  auto first = connect();
  first.send("POST " + target
             + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
               "Content-Length: 10\r\n\r\n");
  BOOST_TEST(first.read_answer().status == 100u); // it has begun
  auto x = push("4b");
  BOOST_TEST(x.status == 400u);
  BOOST_TEST(first.read_answer().status == 400u);
  BOOST_TEST(next() == "closed:transport error");
}

BOOST_AUTO_TEST_CASE(closes_when_the_client_gives_a_get_up) {
  start_and_open();
  auto client = connect();
  client.send_get(target);
  client.close();
  BOOST_TEST(next() == "closed:transport error");
}

BOOST_AUTO_TEST_CASE(closes_when_the_client_gives_a_post_up) {
  start_and_open();
  auto client = connect();
  client.send("POST " + target
              + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n4abc");
  client.close();
  BOOST_TEST(next() == "closed:transport error");
}

// -- too many packets ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(answers_a_post_only_when_its_packets_may_be_taken) {
  settings.limits.packets = {400, 20};
  start_and_open();
  auto begin = std::chrono::steady_clock::now();
  std::string body = "40";
  for (int i = 1; i < 100; ++i)
    body += "\x1e"
            "4"
            + std::to_string(i)
            + "\x1e"
              "3"
            + "\x1e"
              "6";
  BOOST_TEST(push(body).body == "ok");
  BOOST_TEST(push("4last").body == "ok");
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST(400 * took.count() + 20 >= 299.0);
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(next() == "text:" + std::to_string(i));
  BOOST_TEST(next() == "text:last");
  BOOST_TEST(events[engineio::port_event::packets_too_often] > 0);
}

BOOST_AUTO_TEST_CASE(ends_while_its_packets_may_not_be_taken) {
  settings.limits.packets = {1, 1};
  start_and_open();
  auto posting = connect();
  posting.send_post(target, "4a\x1e"
                            "4b");
  BOOST_TEST(next() == "text:a");
  server->close_sessions();
  BOOST_TEST(next() == "closed:forced close");
  BOOST_TEST(poll().body == "4a");
  BOOST_TEST(is_refused(poll()));
  BOOST_TEST(is_refused(posting.read_answer()));
}

// -- bad payloads -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(closes_on_a_payload_that_is_none) {
  start();
  for (auto body : {"", "x", "4a\x1e",
                    "4a\x1e\x1e"
                    "4b",
                    "4\xFF"}) {
    target = open_polling();
    BOOST_TEST(push(body).status == 400u);
    auto happened = next();
    if (happened == "text:a")
      happened = next();
    BOOST_TEST(happened == "closed:parse error");
    BOOST_TEST(poll().body == unknown_sid);
  }
}

BOOST_AUTO_TEST_CASE(closes_on_a_ping_from_the_client) {
  start_and_open();
  BOOST_TEST(push("2").status == 400u);
  BOOST_TEST(next() == "closed:transport error");
}

BOOST_AUTO_TEST_CASE(closes_on_the_content_type_of_older_protocols) {
  start_and_open();
  auto x = post(target, "4a", "Content-Type: application/octet-stream\r\n");
  BOOST_TEST(x.status == 400u);
  BOOST_TEST(next() == "closed:transport error");
}

BOOST_AUTO_TEST_CASE(ends_with_a_body_over_the_limit) {
  settings.engineio.max_payload = 1000;
  start();
  auto framings = {std::string{"Content-Length: 1001\r\n\r\n"},
                   "Transfer-Encoding: chunked\r\n\r\n800\r\n4"
                     + std::string(0x7FF, 'x') + "\r\n0\r\n\r\n"};
  for (auto& framing : framings) {
    target = open_polling();
    auto waiting = connect();
    waiting.send_get(target);
    auto client = connect();
    client.send("POST " + target + " HTTP/1.1\r\nHost: a\r\n" + framing);
    auto x = client.read_answer();
    BOOST_TEST(x.status == 413u);
    BOOST_TEST(x.body == "");
    BOOST_TEST(next() == "closed:transport error");
    BOOST_TEST(is_refused(waiting.read_answer())); // so that it comes back
    BOOST_TEST(poll().body == unknown_sid);
  }
}

BOOST_AUTO_TEST_CASE(takes_a_body_of_the_limit) {
  settings.engineio.max_payload = 1000;
  start_and_open();
  BOOST_TEST(push('4' + std::string(999, 'y')).body == "ok");
  BOOST_TEST(next() == "text:" + std::string(999, 'y'));
}

// -- the end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(ends_when_the_client_says_so) {
  start_and_open();
  auto waiting = connect();
  waiting.send_get(target);
  with_session([](auto&) {});
  BOOST_TEST(push("1").body == "ok");
  BOOST_TEST(next() == "closed:transport close");
  BOOST_TEST(waiting.read_answer().body == "6");
  BOOST_TEST(push("4a").body == unknown_sid);
}

BOOST_AUTO_TEST_CASE(tells_a_waiting_client_of_the_end) {
  start_and_open();
  auto waiting = connect();
  waiting.send_get(target);
  with_session([](auto& x) {
    std::string last;
    engineio::append_text_message(last, "last");
    x.send(last);
    x.close();
    x.send(last); // ignored
  });
  // Not together: the client would show the event only when it is back.
  BOOST_TEST(waiting.read_answer().body == "4last");
  BOOST_TEST(is_refused(poll()));
  BOOST_TEST(poll().body == unknown_sid);
  BOOST_TEST(is_quiet()); // the owner has closed it itself
}

BOOST_AUTO_TEST_CASE(tells_a_client_that_misbehaves_by_a_close_packet) {
  start_and_open();
  with_session(
    [](auto& x) { x.abort(engineio::port_event::packet_failed, "test"); });
  BOOST_TEST(poll().body == "1");
  BOOST_TEST(poll().body == unknown_sid);
}

BOOST_AUTO_TEST_CASE(keeps_the_end_for_the_next_get) {
  start_and_open();
  with_session([](auto& x) { x.detach(); });
  BOOST_TEST(is_refused(poll()));
  BOOST_TEST(poll().body == unknown_sid);
  BOOST_TEST(server->sessions() == 0u);
}

// -- the owner ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(holds_packets_until_somebody_takes_the_session) {
  attaches = false;
  start_and_open();
  auto client = connect();
  client.send_post(target, "4early");
  with_session([](auto&) {});
  BOOST_TEST(is_quiet());
  attach();
  BOOST_TEST(client.read_answer().body == "ok");
  BOOST_TEST(next() == "text:early");
}

BOOST_AUTO_TEST_CASE(lets_a_session_go_that_nobody_takes) {
  attaches = false;
  settings.engineio.ping_timeout = std::chrono::milliseconds{30};
  start_and_open();
  forget();
  BOOST_TEST(is_refused(poll()));
  BOOST_TEST(poll().body == unknown_sid);
  BOOST_TEST(server->sessions() == 0u);
}

BOOST_AUTO_TEST_CASE(answers_a_post_only_when_its_packets_are_wanted) {
  start_and_open();
  with_session([](auto& x) { x.pause_reading(); });
  auto client = connect();
  client.send_post(target, "4a\x1e"
                           "4b");
  BOOST_TEST(is_unanswered(client));
  with_session([](auto& x) { x.resume_reading(); });
  BOOST_TEST(client.read_answer().body == "ok");
  BOOST_TEST(next() == "text:a");
  BOOST_TEST(next() == "text:b");
}

BOOST_AUTO_TEST_CASE(says_when_a_full_outbox_has_drained) {
  settings.limits.outbox = 1000;
  start_and_open();
  with_session([](auto& x) {
    std::string frame;
    engineio::append_text_message(frame, std::string(1500, 'x'));
    x.send(frame);
    BOOST_TEST(x.outbox_size() == frame.size());
  });
  BOOST_TEST(is_quiet());
  BOOST_TEST(poll().body.size() == 1501u);
  BOOST_TEST(next() == "drained");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
