#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>

namespace weir::http {
namespace {

using engineio::opcode;
using engineio::port_event;

std::string text_message(std::string_view text) {
  std::string frame;
  engineio::append_text_message(frame, text);
  return frame;
}

struct fixture : test::test_server {
  test::peer start_and_open(std::string_view query = {}) {
    start();
    return open_websocket(query);
  }

  /// Both sides have nothing left to do.
  void expect_end(test::peer& client, std::string_view frame,
                  std::string_view reason) {
    BOOST_TEST(client.read_frame() == frame);
    BOOST_TEST(next() == reason);
    BOOST_TEST(client.is_ended());
  }
};

BOOST_FIXTURE_TEST_SUITE(a_websocket, fixture)

BOOST_AUTO_TEST_CASE(begins_with_its_handshake_and_the_open_packet) {
  start();
  auto client = connect();
  auto x = client.upgrade(test::engine_target("websocket"));
  BOOST_TEST(x.status == 101u);
  // The example of RFC 6455, 1.3.
  BOOST_TEST(x.fields["sec-websocket-accept"]
             == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  auto open = client.read_frame();
  BOOST_TEST(open.starts_with(R"(text:0{"sid":")"));
  BOOST_TEST(open.find(R"("upgrades":[],)") != open.npos);
  BOOST_TEST(next() == "open");
  with_session([](auto& session) {
    BOOST_TEST(session.transport() == "websocket");
    BOOST_TEST(session.handshake().address == "127.0.0.1");
    BOOST_TEST(session.handshake().url
               == "/socket.io/?EIO=4&transport=websocket");
    BOOST_TEST(session.handshake().headers == "host: test\n");
  });
}

BOOST_AUTO_TEST_CASE(has_the_first_protocol_that_its_client_names) {
  start();
  auto ask = [this](std::string_view fields) {
    auto client = connect();
    client.send(
      test::upgrade_request(test::engine_target("websocket"), fields));
    return client.read_answer();
  };
  BOOST_TEST(!ask("").fields.contains("sec-websocket-protocol"));
  for (auto fields :
       {"Sec-WebSocket-Protocol: p\r\n", "Sec-WebSocket-Protocol: p , q\r\n",
        "Sec-WebSocket-Protocol: p\r\n"
        "Sec-WebSocket-Protocol: q\r\n"}) {
    auto x = ask(fields);
    BOOST_TEST(x.status == 101u, fields);
    BOOST_TEST(x.fields["sec-websocket-protocol"] == "p", fields);
  }
  for (auto fields :
       {"", "p,", ",p", "p,,q", "p,p", "p q", "p;q", "\"p\"", "\xc3\xa4"})
    BOOST_TEST(
      ask("Sec-WebSocket-Protocol: " + std::string{fields} + "\r\n").status
        == 400u,
      fields);
}

BOOST_AUTO_TEST_CASE(is_not_asked_for_by_a_request_with_a_body) {
  start();
  for (auto fields :
       {"Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n"}) {
    auto client = connect();
    client.send(
      test::upgrade_request(test::engine_target("websocket"), fields));
    BOOST_TEST(client.read_answer().status == 400u);
    BOOST_TEST(client.is_ended());
  }
}

BOOST_AUTO_TEST_CASE(carries_text_and_bytes_both_ways) {
  auto client = start_and_open();
  client.send_text("4hello");
  BOOST_TEST(client.read_frame() == "text:4hello");
  client.send_frame(opcode::binary, "\x01\x02");
  BOOST_TEST(client.read_frame() == "binary:\x01\x02");
  client.send_text("bAQI=");
  BOOST_TEST(client.read_frame() == "binary:\x01\x02");
}

BOOST_AUTO_TEST_CASE(carries_messages_of_every_size) {
  auto client = start_and_open();
  for (std::size_t n : {0U, 124U, 125U, 240U, 256U, 65534U, 65535U, 999'999U}) {
    std::string text(n, 'x');
    client.send_text("4" + text);
    BOOST_TEST((next() == "text:" + text));
    BOOST_TEST((client.read_frame() == "text:4" + text));
  }
}

BOOST_AUTO_TEST_CASE(takes_many_messages_from_one_segment_in_order) {
  auto client = start_and_open();
  std::string all;
  for (int i = 0; i < 5000; ++i)
    all += test::masked_frame(opcode::text, "4" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 5000; ++i)
    BOOST_TEST_REQUIRE(client.read_frame() == "text:4" + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(does_not_lose_what_came_with_the_upgrade_request) {
  start();
  auto client = connect();
  client.send(test::upgrade_request(test::engine_target("websocket"))
              + test::masked_frame(opcode::text, "4early"));
  BOOST_TEST(client.read_answer().status == 101u);
  client.read_frame();
  BOOST_TEST(client.read_frame() == "text:4early");
}

BOOST_AUTO_TEST_CASE(keeps_frames_whole_when_it_answers_pings) {
  auto client = start_and_open();
  for (int i = 0; i < 100; ++i) {
    client.send_text("4" + std::string(300, 'x'));
    client.send_frame(opcode::ping, "are you there");
  }
  int pongs = 0;
  for (int i = 0; i < 200; ++i)
    pongs += client.read_frame() == "pong:are you there";
  BOOST_TEST(pongs == 100);
}

BOOST_AUTO_TEST_CASE(sends_bytes_as_text_to_a_client_that_takes_none) {
  auto client = start_and_open("&b64=1");
  client.send_text("bAQIDBA==");
  BOOST_TEST(client.read_frame() == "text:bAQIDBA==");
}

BOOST_AUTO_TEST_CASE(sends_all_that_a_slow_client_has_to_catch_up_with) {
  settings.limits.outbox = 1'000'000;
  auto client = start_and_open();
  auto big = std::make_shared<const std::string>(
    text_message(std::string(100'000, 'x')));
  with_session([&](auto& session) {
    for (int i = 0; i < 200; ++i)
      session.send(big);
    BOOST_TEST(session.outbox_size() == 200 * big->size());
  });
  for (int i = 0; i < 200; ++i)
    BOOST_TEST_REQUIRE(client.read_frame().size() == 5 + 100'001u);
  BOOST_TEST(next() == "drained");
  with_session([&](auto& session) { BOOST_TEST(session.outbox_size() == 0u); });
  BOOST_TEST(big.use_count() == 1);
}

// -- heartbeat ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(beats_and_ends_when_the_client_does_not) {
  settings.engineio.ping_interval = std::chrono::milliseconds{30};
  settings.engineio.ping_timeout = std::chrono::milliseconds{250};
  auto client = start_and_open();
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(client.read_frame() == "text:2");
    client.send_text("3");
  }
  BOOST_TEST(client.read_frame() == "text:2");
  expect_end(client, "close:1001", "closed:ping timeout");
}

// -- too many frames ----------------------------------------------------------

/// A text message in fragments of one byte.
std::string in_fragments(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto one = test::masked_frame(i == 0 ? opcode::text : opcode::continuation,
                                  text.substr(i, 1));
    if (i + 1 < text.size())
      one[0] = static_cast<char>(one[0] & 0x7F);
    result += one;
  }
  return result;
}

BOOST_AUTO_TEST_CASE(is_not_read_for_a_while_after_too_many_frames) {
  settings.limits.packets = {400, 20};
  auto client = start_and_open();
  auto begin = std::chrono::steady_clock::now();
  std::string all;
  std::size_t frames = 0;
  auto add = [&](const std::string& bytes, std::size_t n) {
    all += bytes;
    frames += n;
  };
  for (int i = 0; i < 20; ++i) {
    add(test::masked_frame(opcode::ping, std::to_string(i)), 1);
    add(test::masked_frame(opcode::pong, "x"), 1);
    add(test::masked_frame(opcode::text, "3"), 1);
    add(test::masked_frame(opcode::text, "6"), 1);
    add(in_fragments("4" + std::to_string(i)), 1 + std::to_string(i).size());
  }
  client.send(all);
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(client.read_frame() == "pong:" + std::to_string(i));
    BOOST_TEST(client.read_frame() == "text:4" + std::to_string(i));
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST(400 * took.count() + 20 >= static_cast<double>(frames));
  BOOST_TEST(events[port_event::packets_too_often] > 0);
}

/// Its pongs are behind the rest: they are not missed.
BOOST_AUTO_TEST_CASE(does_not_end_for_a_pong_that_waits_behind_a_flood) {
  settings.limits.packets = {100, 1};
  settings.engineio.ping_interval = std::chrono::milliseconds{50};
  settings.engineio.ping_timeout = std::chrono::milliseconds{100};
  auto client = start_and_open();
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += test::masked_frame(opcode::pong, "");
  client.send(all); // takes a second
  client.send_text("4after");
  auto next_frame = client.read_frame();
  while (next_frame == "text:2")
    next_frame = client.read_frame();
  BOOST_TEST(next_frame == "text:4after");
}

BOOST_AUTO_TEST_CASE(ends_while_it_is_not_read) {
  settings.limits.packets = {1, 1};
  auto client = start_and_open();
  client.send_text("4a");
  BOOST_TEST(client.read_frame() == "text:4a");
  with_session([](auto& x) { x.close(); });
  BOOST_TEST(client.read_frame() == "close:1001");
  client.send_frame(opcode::close, "\x03\xE9");
  BOOST_TEST(client.is_ended());
}

BOOST_AUTO_TEST_CASE(stays_paused_when_it_is_held_back_as_well) {
  settings.limits.packets = {50, 1};
  auto client = start_and_open();
  client.send_text("4a");
  BOOST_TEST(client.read_frame() == "text:4a");
  BOOST_TEST(next() == "text:a");
  with_session([](auto& x) { x.pause_reading(); });
  client.send_text("4b");
  std::this_thread::sleep_for(std::chrono::milliseconds{60}); // is held longer
  with_session([](auto&) {});
  BOOST_TEST(is_quiet());
  with_session([](auto& x) { x.resume_reading(); });
  BOOST_TEST(client.read_frame() == "text:4b");
}

// -- bad input ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(closes_with_1009_on_a_message_over_the_limit) {
  settings.engineio.max_payload = 1000;
  auto client = start_and_open();
  client.send_text("4" + std::string(1000, 'x'));
  BOOST_TEST(client.read_frame() == "close:1009");
  BOOST_TEST(next() == "closed:transport error");
  BOOST_TEST(events[port_event::frame_failed] == 1);
  client.send_frame(opcode::close, "\x03\xF1");
  client.close();
}

BOOST_AUTO_TEST_CASE(closes_with_1007_on_text_that_is_not_utf8) {
  auto client = start_and_open();
  client.send_text("4\xFF");
  BOOST_TEST(client.read_frame() == "close:1007");
  BOOST_TEST(next() == "closed:transport error");
}

BOOST_AUTO_TEST_CASE(closes_with_1002_on_bytes_that_are_no_frame) {
  auto client = start_and_open();
  client.send("\x81\x01x"); // not masked
  BOOST_TEST(client.read_frame() == "close:1002");
  BOOST_TEST(next() == "closed:transport error");
  BOOST_TEST(events[port_event::frame_failed] == 1);
}

BOOST_AUTO_TEST_CASE(closes_on_packets_that_are_none) {
  start();
  for (auto text : {"", "7", "x"}) {
    auto client = open_websocket();
    client.send_text(text);
    BOOST_TEST(client.read_frame() == "close:1002");
    BOOST_TEST(next() == "closed:parse error");
  }
  BOOST_TEST(events[port_event::packet_failed] == 3);
  BOOST_TEST(events[port_event::frame_failed] == 0);
}

BOOST_AUTO_TEST_CASE(ends_with_a_truncated_frame) {
  auto client = start_and_open();
  client.send(test::masked_frame(opcode::text, "4hello").substr(0, 9));
  client.close();
  BOOST_TEST(next() == "closed:transport close");
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_ever_for_a_clients_close_frame) {
  settings.engineio.ping_timeout = std::chrono::milliseconds{30};
  auto client = start_and_open();
  client.send("\x81\x01x");
  BOOST_TEST(client.is_ended());
}

// -- the end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(answers_a_close_frame_with_the_same_status) {
  auto client = start_and_open();
  client.send_frame(opcode::close, "\x03\xE8");
  expect_end(client, "close:1000", "closed:transport close");
}

BOOST_AUTO_TEST_CASE(ends_with_a_close_packet) {
  auto client = start_and_open();
  client.send_text("1");
  BOOST_TEST(client.read_frame() == "close:1001");
  BOOST_TEST(next() == "closed:transport close");
}

BOOST_AUTO_TEST_CASE(lets_queued_frames_leave_before_it_closes) {
  auto client = start_and_open();
  with_session([](auto& session) {
    session.send(text_message("last"));
    session.close();
    session.send(text_message("ignored"));
  });
  BOOST_TEST(client.read_frame() == "text:4last");
  BOOST_TEST(client.read_frame() == "close:1001");
  client.send_text("4too late");
  client.send_frame(opcode::close, "\x03\xE9");
  BOOST_TEST(client.is_ended());
  BOOST_TEST(is_quiet());
}

BOOST_AUTO_TEST_CASE(can_be_closed_while_it_is_paused) {
  auto client = start_and_open();
  with_session([](auto& session) {
    session.pause_reading();
    session.abort(engineio::port_event::packet_failed, "test");
  });
  BOOST_TEST(client.read_frame() == "close:1002");
  client.send_frame(opcode::close, "\x03\xEA");
  BOOST_TEST(client.is_ended());
}

BOOST_AUTO_TEST_CASE(ends_when_the_connection_does) {
  auto client = start_and_open();
  client.close();
  BOOST_TEST(next() == "closed:transport close");
  BOOST_TEST(server->sessions() == 0u);
}

// -- the owner ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(is_not_read_while_paused) {
  auto client = start_and_open();
  with_session([](auto& session) { session.pause_reading(); });
  client.send_text("4a");
  client.send_text("4b");
  with_session([](auto& session) { session.send(text_message("still out")); });
  BOOST_TEST(client.read_frame() == "text:4still out");
  BOOST_TEST(is_quiet());
  with_session([](auto& session) { session.resume_reading(); });
  BOOST_TEST(next() == "text:a");
  BOOST_TEST(next() == "text:b");
}

BOOST_AUTO_TEST_CASE(holds_packets_until_somebody_takes_the_session) {
  attaches = false;
  auto client = start_and_open();
  client.send_text("4early");
  with_session([](auto&) {});
  BOOST_TEST(is_quiet());
  attach();
  BOOST_TEST(next() == "text:early");
}

BOOST_AUTO_TEST_CASE(is_closed_when_nobody_takes_the_session) {
  attaches = false;
  settings.engineio.ping_timeout = std::chrono::milliseconds{30};
  auto client = start_and_open();
  forget();
  BOOST_TEST(client.read_frame() == "close:1001");
  BOOST_TEST(client.is_ended());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
