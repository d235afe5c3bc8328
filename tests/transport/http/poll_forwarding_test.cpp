// Sessions of one node, by way of another.

#include "config/node_tag.hpp"
#include "tests/transport/http/test_server.hpp"
#include "transport/http/request_forwarder.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>

namespace weir::http {
namespace {

using test::unknown_sid;

/// Carries requests to one other server, which may be told to be out of reach.
struct direct_forwarder final : request_forwarder {
  explicit direct_forwarder(test::test_server& x) : there(x) {}

  void forward(std::string_view node, poll_id id, poll_request x) override {
    std::lock_guard guard{mutex};
    if (node != node_tag(there.settings.cluster.node))
      ++misled; // Boost.Test is not for threads
    ++forwarded;
    if (!reachable)
      return;
    in_flight[id] = there.server->serve(std::move(x), [this, id](auto answer) {
      here->server->answer(id, std::move(answer));
    });
  }

  void cancel(std::string_view, poll_id id) override {
    std::lock_guard guard{mutex};
    ++aborted;
    if (auto x = in_flight.extract(id))
      x.mapped()->cancel();
  }

  void complete_now(std::string_view, poll_id id) override {
    std::lock_guard guard{mutex};
    if (auto x = in_flight.find(id); x != in_flight.end())
      x->second->complete_now();
  }

  void on_refused() override {
    std::lock_guard guard{mutex};
    ++refused;
  }

  int count(int& x) {
    std::lock_guard guard{mutex};
    return x;
  }

  test::test_server& there;
  test::test_server* here = nullptr;
  std::mutex mutex; // the loops of `here` call
  std::map<poll_id, std::shared_ptr<forwarded_handle>> in_flight;
  int misled = 0;
  int forwarded = 0;
  int aborted = 0;
  int refused = 0;
  bool reachable = true;
};

/// Sessions live on `home`; their clients talk to `other`.
struct fixture {
  fixture() {
    other.settings.cluster.node = "b";
    between->here = &other;
    other.forwarder = between;
  }

  ~fixture() {
    home.stop();
    other.stop();
    BOOST_TEST(between->misled == 0);
  }

  void start(std::size_t loops = 1) {
    home.start(loops);
    other.start(loops);
  }

  void start_and_open() {
    start();
    target = home.open_polling();
  }

  test::answer poll() { return other.get(target); }
  test::answer push(std::string_view body) { return other.post(target, body); }
  std::string next() { return home.next(); }

  /// Sends a GET by way of `other`, which waits for the session.
  test::peer wait() {
    auto client = other.connect();
    auto before = between->count(between->forwarded);
    client.send_get(target);
    while (between->count(between->forwarded) == before)
      std::this_thread::yield();
    return client;
  }

  test::test_server home, other;
  std::shared_ptr<direct_forwarder> between
    = std::make_shared<direct_forwarder>(home);
  std::string target;
};

BOOST_FIXTURE_TEST_SUITE(a_session_of_another_node, fixture)

BOOST_AUTO_TEST_CASE(is_served_from_the_handshake_to_the_end) {
  start_and_open();
  auto x = push("4hello\x1e"
                "bAQIDBA==");
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(x.body == "ok");
  BOOST_TEST(x.fields["content-type"] == "text/html");
  BOOST_TEST(next() == "text:hello");
  BOOST_TEST(next() == "binary:\x01\x02\x03\x04");
  x = poll();
  BOOST_TEST(x.body
             == "4hello\x1e"
                "bAQIDBA==");
  BOOST_TEST(x.fields["content-type"] == "text/plain; charset=UTF-8");
  BOOST_TEST(x.fields["cache-control"] == "no-store");
  auto waiting = wait();
  BOOST_TEST(push("1").body == "ok");
  BOOST_TEST(next() == "closed:transport close");
  BOOST_TEST(waiting.read_answer().body == "6");
  BOOST_TEST(push("4a").body == unknown_sid);
  BOOST_TEST(poll().body == unknown_sid);
  BOOST_TEST(other.server->sessions() == 0u);
  BOOST_TEST(other.is_quiet());
}

BOOST_AUTO_TEST_CASE(may_be_reached_through_any_node_in_turn) {
  start(2);
  for (int i = 0; i < 8; ++i) { // sessions and connections on any loop
    target = home.open_polling();
    auto a = home.connect();
    auto b = other.connect();
    for (auto text : {"4a", "4b", "4c"}) {
      BOOST_TEST(a.post(target, text).body == "ok");
      BOOST_TEST(b.get(target).body == text);
      BOOST_TEST(b.post(target, text).body == "ok");
      BOOST_TEST(a.get(target).body == text);
      for (int n = 0; n < 2; ++n)
        BOOST_TEST(next() == "text:" + std::string{text + 1});
    }
  }
}

BOOST_AUTO_TEST_CASE(answers_a_get_as_soon_as_there_is_something) {
  start_and_open();
  auto waiting = wait();
  push("4now");
  BOOST_TEST(waiting.read_answer().body == "4now");
}

BOOST_AUTO_TEST_CASE(beats) {
  home.settings.engineio.ping_interval = std::chrono::milliseconds{30};
  home.settings.engineio.ping_timeout = std::chrono::milliseconds{250};
  start_and_open();
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(poll().body == "2");
    push("3");
  }
  BOOST_TEST(poll().body == "2");
  BOOST_TEST(next() == "closed:ping timeout");
  BOOST_TEST(poll().body == unknown_sid);
}

BOOST_AUTO_TEST_CASE(is_unknown_once_its_node_says_so) {
  start();
  target = test::engine_target("polling") + "&sid=" + node_tag("a")
           + "AAAAaaaaaaaaaaaa";
  BOOST_TEST(poll().status == 400u);
  BOOST_TEST(poll().body == unknown_sid);
  BOOST_TEST(push("4a").body == unknown_sid);
  BOOST_TEST(between->forwarded == 3);
}

BOOST_AUTO_TEST_CASE(is_unknown_where_there_are_no_other_nodes) {
  start();
  target = other.open_polling();
  BOOST_TEST(home.get(target).body == unknown_sid);
}

// -- misuse -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(closes_on_a_second_get) {
  start_and_open();
  auto first = wait();
  auto second = wait();
  BOOST_TEST(next() == "closed:transport error");
  BOOST_TEST(first.read_answer().body == "1");
  auto x = second.read_answer();
  BOOST_TEST(x.status == 400u);
  BOOST_TEST(x.body == "");
}

BOOST_AUTO_TEST_CASE(closes_on_a_second_get_that_came_to_its_own_node) {
  start_and_open();
  auto first = wait();
  home.with_session([](auto&) {}); // it is there
  BOOST_TEST(home.get(target).status == 400u);
  BOOST_TEST(first.read_answer().body == "1");
  BOOST_TEST(next() == "closed:transport error");
}

BOOST_AUTO_TEST_CASE(closes_on_a_payload_that_is_none) {
  start_and_open();
  BOOST_TEST(push("x").status == 400u);
  BOOST_TEST(next() == "closed:parse error");
}

BOOST_AUTO_TEST_CASE(closes_on_the_content_type_of_older_protocols) {
  start_and_open();
  BOOST_TEST(
    other.post(target, "4a", "Content-Type: application/octet-stream\r\n")
      .status
    == 400u);
  BOOST_TEST(next() == "closed:transport error");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_polling_request) {
  start_and_open();
  auto client = other.connect();
  client.send("PUT " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(client.read_answer().status == 500u);
  target.replace(target.find("polling"), 7, "websocket");
  BOOST_TEST(poll().body == R"({"code":3,"message":"Bad request"})");
}

BOOST_AUTO_TEST_CASE(ends_with_a_body_over_either_nodes_limit) {
  home.settings.engineio.max_payload = 1000;
  other.settings.engineio.max_payload = 2000;
  start();
  for (std::size_t size : {1000U, 2000U}) {
    target = home.open_polling();
    auto x = push('4' + std::string(size, 'x'));
    BOOST_TEST(x.status == 413u);
    BOOST_TEST(x.body == "");
    BOOST_TEST(next() == "closed:transport error");
    BOOST_TEST(poll().body == unknown_sid);
  }
}

BOOST_AUTO_TEST_CASE(is_not_upgraded_but_goes_on_polling) {
  start_and_open();
  auto websocket = target;
  websocket.replace(websocket.find("polling"), 7, "websocket");
  auto x = other.connect().upgrade(websocket);
  BOOST_TEST(x.status == 400u);
  BOOST_TEST(x.body == "Session ID unknown");
  push("4still there");
  BOOST_TEST(poll().body == "4still there");
  BOOST_TEST(between->forwarded == 2);
}

BOOST_AUTO_TEST_CASE(gets_the_cors_headers_of_the_node_that_answers) {
  other.settings.server.cors.origins = {"https://a.example"};
  start_and_open();
  auto x = other.post(target, "4a", "Origin: https://a.example\r\n");
  BOOST_TEST(x.fields["access-control-allow-origin"] == "https://a.example");
  push("1");
  x = other.get(target, "Origin: https://a.example\r\n");
  BOOST_TEST(x.status == 400u);
  BOOST_TEST(x.fields["access-control-allow-origin"] == "https://a.example");
}

// -- who goes away ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(closes_when_the_client_gives_a_get_up) {
  start_and_open();
  wait().close();
  BOOST_TEST(next() == "closed:transport error");
  BOOST_TEST(poll().body == unknown_sid);
}

BOOST_AUTO_TEST_CASE(closes_when_the_client_gives_a_post_up) {
  start_and_open();
  home.with_session([](auto& x) { x.pause_reading(); });
  auto client = other.connect();
  client.send_post(target, "4a");
  while (between->count(between->forwarded) == 0)
    std::this_thread::yield();
  client.close();
  BOOST_TEST(next() == "closed:transport error");
}

BOOST_AUTO_TEST_CASE(is_notified_once_that_a_get_was_given_up) {
  start_and_open();
  auto waiting = wait();
  push("4a");
  BOOST_TEST(waiting.read_answer().body == "4a");
  BOOST_TEST(next() == "text:a");
  waiting.close(); // it waits for nothing
  push("4b");
  BOOST_TEST(next() == "text:b");
  BOOST_TEST(poll().body == "4b");
  BOOST_TEST(between->aborted == 0);
}

BOOST_AUTO_TEST_CASE(lives_on_when_the_node_that_its_client_talks_to_stops) {
  start_and_open();
  auto waiting = wait();
  auto later = other.connect();
  push("4a");
  BOOST_TEST(waiting.read_answer().body == "4a");
  waiting.send_get(target);
  other.server->stop_accepting();
  BOOST_TEST(waiting.read_answer().body == "6");
  BOOST_TEST(waiting.is_ended());
  // Requests that still come are served, each one the last of its connection.
  later.send_post(target, "4b");
  BOOST_TEST(later.read_answer().body == "ok");
  BOOST_TEST(later.is_ended());
  BOOST_TEST(next() == "text:a");
  BOOST_TEST(next() == "text:b");
  BOOST_TEST(home.get(target).body == "4b");
  BOOST_TEST(home.is_quiet());
  BOOST_TEST(between->aborted == 0);
}

BOOST_AUTO_TEST_CASE(is_asked_by_no_get_for_long_when_that_node_is_stopping) {
  start_and_open();
  auto client = other.connect();
  BOOST_TEST(client.post(target, "4a").body == "ok");
  BOOST_TEST(client.get(target).body == "4a");
  other.server->stop_accepting();
  BOOST_TEST(client.get(target).body == "6");
  BOOST_TEST(client.is_ended());
}

BOOST_AUTO_TEST_CASE(is_unknown_when_its_node_does_not_answer_in_time) {
  other.settings.engineio.ping_interval = std::chrono::milliseconds{10};
  other.settings.engineio.ping_timeout = std::chrono::milliseconds{10};
  other.settings.kafka.delivery_timeout = std::chrono::milliseconds{10};
  start_and_open();
  between->reachable = false;
  auto x = poll();
  BOOST_TEST(x.status == 400u);
  BOOST_TEST(x.body == unknown_sid);
  BOOST_TEST(between->aborted == 1);
}

BOOST_AUTO_TEST_CASE(may_answer_too_late_or_what_nobody_asked) {
  start_and_open();
  for (poll_id id : {poll_id{0}, poll_id{12}, ~poll_id{0}})
    other.server->answer(id, unknown_session());
  push("4a");
  BOOST_TEST(poll().body == "4a");
}

// -- limits -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(gets_no_more_requests_than_may_be_under_way) {
  other.settings.limits.forwarded_polls = 1;
  start_and_open();
  auto waiting = wait();
  BOOST_TEST(push("4a").status == 503u);
  BOOST_TEST(between->refused == 1);
  home.with_session([](auto& x) {
    std::string frame;
    engineio::append_text_message(frame, "b");
    x.send(frame);
  });
  BOOST_TEST(waiting.read_answer().body == "4b");
  BOOST_TEST(push("4c").body == "ok"); // there is space again
}

/// Nobody but its node knows a session: so what is of none costs time, and the
/// rest has patience.
BOOST_AUTO_TEST_CASE(waits_while_others_of_its_address_ask_for_none) {
  other.settings.limits.requests = {5, 3};
  start_and_open();
  auto unknown = target;
  unknown.back() = unknown.back() == 'A' ? 'B' : 'A';
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 8; ++i)
    BOOST_TEST(other.get(unknown).body == unknown_sid);
  BOOST_TEST(other.post(unknown, "4a").body == unknown_sid);
  auto took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST((took >= std::chrono::milliseconds{1000}));
  BOOST_TEST(other.events[engineio::port_event::requests_too_often] > 0);
  BOOST_TEST(push("4a").body == "ok");
  BOOST_TEST(next() == "text:a");
  BOOST_TEST(poll().body == "4a");
}

BOOST_AUTO_TEST_CASE(hears_of_no_get_that_was_given_up_while_it_waited) {
  other.settings.limits.requests = {1, 1};
  start_and_open();
  auto unknown = target;
  unknown.back() = unknown.back() == 'A' ? 'B' : 'A';
  BOOST_TEST(other.get(unknown).body == unknown_sid);
  auto client = other.connect();
  client.send_get(target);
  client.close();
  BOOST_TEST(home.post(target, "4a").body == "ok");
  BOOST_TEST(next() == "text:a");
  BOOST_TEST(poll().body == "4a"); // it has waited behind that
  BOOST_TEST(home.post(target, "4b").body == "ok");
  BOOST_TEST(next() == "text:b");
}

BOOST_AUTO_TEST_CASE(gets_no_more_bytes_than_may_be_under_way) {
  other.settings.limits.forwarded_bytes = 1000;
  start_and_open();
  home.with_session([](auto& x) { x.pause_reading(); });
  auto held = other.connect();
  held.send_post(target, '4' + std::string(1500, 'x')); // the last that fits
  while (between->count(between->forwarded) == 0)
    std::this_thread::yield();
  BOOST_TEST(push("4a").status == 503u);
  auto waiting = wait(); // has no body
  home.with_session([](auto& x) { x.resume_reading(); });
  BOOST_TEST(held.read_answer().body == "ok");
  BOOST_TEST(waiting.read_answer().body.size() == 1501u);
  BOOST_TEST(push("4b").body == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
