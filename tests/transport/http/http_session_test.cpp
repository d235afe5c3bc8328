#include "transport/http/http_session.hpp"

#include "tests/support/patience.hpp"
#include "tests/transport/http/test_server.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace weir::http {
namespace {

using test::answer;

struct fixture : test::test_server {
  fixture() { settings.server.header_timeout = std::chrono::seconds{10}; }

  void start_impatiently() {
    settings.server.header_timeout = std::chrono::milliseconds{30};
    start();
  }

  /// How often clients were cut off, for whatever.
  int cut_off() {
    using enum engineio::port_event;
    return events[head_failed] + events[body_failed] + events[answer_failed]
           + events[upgrade_failed] + events[frame_failed]
           + events[packet_failed] + events[request_refused];
  }

  std::string handshake = test::engine_target("polling");
};

using engineio::port_event;

BOOST_FIXTURE_TEST_SUITE(an_http_session, fixture)

BOOST_AUTO_TEST_CASE(ends_when_headers_take_too_long) {
  start_impatiently();
  auto client = connect();
  client.send("GET / HTTP/1.1\r\nHo");
  BOOST_TEST(client.is_ended());
  BOOST_TEST(events[port_event::head_failed] == 1);
  BOOST_TEST(connect().is_ended()); // nor one that says nothing
  BOOST_TEST(cut_off() == 1);       // which is no fault
}

BOOST_AUTO_TEST_CASE(ends_when_half_an_upgrade_is_all_there_is) {
  start_impatiently();
  auto client = connect();
  auto request = test::upgrade_request(test::engine_target("websocket"));
  client.send(request.substr(0, request.size() - 2));
  BOOST_TEST(client.is_ended());
  BOOST_TEST(events[port_event::head_failed] == 1);
  BOOST_TEST(cut_off() == 1);
}

/// Between a head and its answer, it is whatever is not there that is missed.
BOOST_AUTO_TEST_CASE(ends_when_the_head_behind_a_request_takes_too_long) {
  start_impatiently();
  auto client = connect();
  client.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\nGET /");
  BOOST_TEST(client.read_answer().status == 404u);
  BOOST_TEST(client.is_ended());
  BOOST_TEST(events[port_event::head_failed] == 1);
  BOOST_TEST(cut_off() == 1);
}

BOOST_AUTO_TEST_CASE(ends_when_a_body_takes_too_long) {
  start();
  auto target = open_polling();
  stop();
  start_impatiently();
  target = open_polling();
  auto client = connect();
  client.send("POST " + target
              + " HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n4a");
  BOOST_TEST(client.is_ended());
  BOOST_TEST(next() == "closed:transport error");
  BOOST_TEST(events[port_event::body_failed] == 1);
  BOOST_TEST(cut_off() == 1);
}

BOOST_AUTO_TEST_CASE(ends_when_an_answer_is_not_taken) {
  auto folder = std::filesystem::temp_directory_path()
                / ("weir-answers-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "big"} << std::string(2'000'000, 'x');
  settings.server.files = folder.string();
  start_impatiently();
  std::filesystem::remove_all(folder);
  auto client = connect();
  client.send_get("/big");
  auto until = std::chrono::steady_clock::now() + test::patience;
  while (cut_off() == 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  BOOST_TEST(events[port_event::answer_failed] == 1);
  BOOST_TEST(cut_off() == 1);
}

BOOST_AUTO_TEST_CASE(ends_when_no_further_request_comes) {
  start_impatiently();
  auto client = connect();
  BOOST_TEST(client.get(handshake).status == 200u);
  BOOST_TEST(client.is_ended());
  BOOST_TEST(cut_off() == 0); // nobody is obliged to ask for more
}

BOOST_AUTO_TEST_CASE(does_not_end_while_a_request_waits_for_its_answer) {
  settings.engineio.ping_interval = std::chrono::milliseconds{100};
  start_impatiently();
  auto target = open_polling();
  BOOST_TEST(get(target).body == "2"); // later than the header timeout
}

BOOST_AUTO_TEST_CASE(refuses_headers_over_the_limit) {
  settings.server.max_header = 1000;
  start();
  BOOST_TEST(get("/", "X: " + std::string(1000, 'x') + "\r\n").status == 431u);
}

BOOST_AUTO_TEST_CASE(refuses_targets_over_the_limit) {
  settings.server.max_url = 300;
  start();
  BOOST_TEST(get("/" + std::string(299, 'x')).status == 404u);
  BOOST_TEST(get("/" + std::string(300, 'x')).status == 414u);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_request) {
  start();
  for (auto bytes : {"nonsense\r\n\r\n", "GET / HTTP/9\r\n\r\n",
                     "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                     "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"}) {
    auto client = connect();
    client.send(bytes);
    BOOST_TEST(client.read_answer().status == 400u, bytes);
    BOOST_TEST(client.is_ended());
  }
}

BOOST_AUTO_TEST_CASE(closes_when_it_is_asked_to) {
  start();
  auto client = connect();
  auto x = client.get(handshake, "Connection: close\r\n");
  BOOST_TEST(x.fields["connection"] == "close");
  BOOST_TEST(client.is_ended());
  auto old = connect();
  old.send("GET " + handshake + " HTTP/1.0\r\n\r\n");
  BOOST_TEST(old.read_answer().status == 200u);
  BOOST_TEST(old.is_ended());
}

BOOST_AUTO_TEST_CASE(answers_a_large_body_that_it_refuses) {
  start();
  auto target = open_polling();
  // The client writes all of it before it looks for an answer.
  auto x = post(target, std::string(5'000'000, '4'));
  BOOST_TEST(x.status == 413u);
}

BOOST_AUTO_TEST_CASE(takes_a_body_that_comes_in_pieces) {
  start();
  auto target = open_polling();
  auto client = connect();
  client.send("POST " + target
              + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                "1\r\n4\r\n");
  client.send("5\r\nhello\r\n0\r\n\r\n");
  BOOST_TEST(client.read_answer().body == "ok");
  BOOST_TEST(next() == "text:hello");
}

BOOST_AUTO_TEST_CASE(asks_for_a_body_that_waits_for_it) {
  start();
  auto target = open_polling();
  auto client = connect();
  client.send("POST " + target
              + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                "Content-Length: 6\r\n\r\n");
  BOOST_TEST(client.read_head().status == 100u);
  client.send("4hello");
  BOOST_TEST(client.read_answer().body == "ok");
  BOOST_TEST(next() == "text:hello");
}

/// The answer comes from the session's end, while the client still waits.
BOOST_AUTO_TEST_CASE(answers_behind_what_it_has_asked_for) {
  start();
  auto target = open_polling();
  auto client = connect();
  client.send("POST " + target
              + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                "Content-Length: 6\r\n\r\n");
  BOOST_TEST(client.read_head().status == 100u);
  server->close_sessions();
  BOOST_TEST(next() == "closed:forced close");
  get(target); // the session's end
  BOOST_TEST(client.read_answer().status == 400u);
  BOOST_TEST(client.is_ended());
}

/// Whatever is wrong with a request: what comes behind its head is not taken
/// for one of its own, which would open a session here.
BOOST_AUTO_TEST_CASE(runs_nothing_behind_a_request_that_it_refuses) {
  start();
  auto hidden = "GET " + handshake + " HTTP/1.1\r\nHost: a\r\n\r\n";
  auto length = "Content-Length: " + std::to_string(hidden.size()) + "\r\n";
  for (std::string fields :
       {"Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked\r\n", "Host: b\r\n"})
    for (auto& more : {std::string{}, length}) {
      auto client = connect();
      client.send("POST " + handshake + " HTTP/1.1\r\nHost: a\r\n" + fields
                  + more + "\r\n" + hidden);
      BOOST_TEST(client.read_answer().status >= 400u, fields);
      BOOST_TEST(client.is_ended());
    }
  BOOST_TEST(server->sessions() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
