// How a server sends its clients away.

#include "tests/support/patience.hpp"
#include "tests/transport/http/test_server.hpp"
#include "transport/engineio/session_drain.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>

namespace weir::http {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct fixture : test::test_server {
  ~fixture() { stop(); } // before what `done` refers to

  void drain(std::chrono::milliseconds over) {
    server->stop_accepting();
    server->drain(over, [this] { done.set_value(); });
  }

  bool is_done() {
    return done.get_future().wait_for(test::patience)
           == std::future_status::ready;
  }

  std::promise<void> done;
};

BOOST_FIXTURE_TEST_SUITE(a_drain, fixture)

BOOST_AUTO_TEST_CASE(of_a_server_without_clients_takes_no_time) {
  start(2);
  drain(1h);
  BOOST_TEST(is_done());
}

BOOST_AUTO_TEST_CASE(closes_one_client_after_the_other) {
  start();
  constexpr std::size_t n = 20;
  constexpr auto over = 400ms;
  std::vector<test::peer> clients;
  for (std::size_t i = 0; i < n; ++i)
    clients.push_back(open_websocket());
  auto begin = clock::now();
  drain(over);
  std::vector<clock::duration> closed;
  for (std::size_t i = 0; i < n; ++i) {
    BOOST_TEST(next() == "stopping");
    closed.push_back(clock::now() - begin);
  }
  for (std::size_t i = 0; i < n; ++i) // none before its turn
    BOOST_TEST((closed[i] >= over / n * i));
  BOOST_TEST((closed.back() - closed.front() > over / 2));
  for (auto& x : clients) {
    BOOST_TEST(x.read_frame() == "close:1001");
    x.close();
  }
  BOOST_TEST(is_done());
  BOOST_TEST(is_quiet()); // each was asked once
  BOOST_TEST(server->sessions() == 0u);
}

BOOST_AUTO_TEST_CASE(leaves_sessions_alone_until_their_turn) {
  start();
  auto first = open_websocket();
  auto second = open_websocket();
  server->stop_accepting();
  // Two sessions: one at once, the other a gap later.
  server->drain(1h, [this] { done.set_value(); });
  BOOST_TEST(next() == "stopping");
  auto& waiting = first.has_input() ? second : first;
  auto& gone = first.has_input() ? first : second;
  waiting.send_text("4still here");
  BOOST_TEST(next() == "text:still here");
  BOOST_TEST(waiting.read_frame() == "text:4still here");
  BOOST_TEST(gone.read_frame() == "close:1001");
  gone.close();
  BOOST_TEST(next() == "stopping");
  BOOST_TEST(waiting.read_frame() == "close:1001");
  waiting.close();
  BOOST_TEST(is_done());
}

BOOST_AUTO_TEST_CASE(tells_a_polling_client_whether_it_waits_or_not) {
  start();
  auto target = open_polling();
  auto other = open_polling();
  auto waiting = connect();
  waiting.send_get(target);
  auto later = connect();
  BOOST_TEST(later.post(other, "4a").body == "ok");
  BOOST_TEST(next() == "text:a");
  BOOST_TEST(later.get(other).body == "4a");
  drain(0s);
  BOOST_TEST(next() == "stopping");
  BOOST_TEST(next() == "stopping");
  BOOST_TEST(waiting.read_answer().status == 400u);
  BOOST_TEST(later.get(other).status == 400u);
  BOOST_TEST(is_done());
}

BOOST_AUTO_TEST_CASE(closes_a_session_whose_owner_takes_too_long) {
  closes = false;
  start();
  auto client = open_websocket();
  auto begin = clock::now();
  drain(0s);
  BOOST_TEST(next() == "stopping");
  BOOST_TEST(client.read_frame() == "close:1001");
  BOOST_TEST((clock::now() - begin >= engineio::session_drain::close_timeout));
  BOOST_TEST(next() == "closed:forced close");
  BOOST_TEST(is_done());
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_ever_for_a_client_to_take_its_leave) {
  start();
  auto client = open_websocket();
  drain(0s);
  BOOST_TEST(client.read_frame() == "close:1001"); // not answered
  BOOST_TEST(is_done());
}

BOOST_AUTO_TEST_CASE(closes_what_nobody_has_taken) {
  attaches = false;
  start();
  auto target = open_polling();
  auto client = connect();
  client.send_get(target);
  with_session([](auto&) {});
  drain(0s);
  BOOST_TEST(client.read_answer().status == 400u);
  BOOST_TEST(is_done());
}

BOOST_AUTO_TEST_SUITE_END()

struct search : test::test_server {
  ~search() { stop(); }

  bool find(const std::string& id) {
    std::promise<bool> found;
    server->disconnect({engineio::unwanted::kind::id, id},
                       [&](std::size_t x) { found.set_value(x == 1); });
    auto result = found.get_future();
    BOOST_TEST_REQUIRE(
      (result.wait_for(test::patience) == std::future_status::ready));
    return result.get();
  }
};

BOOST_FIXTURE_TEST_SUITE(who_is_turned_out, search)

BOOST_AUTO_TEST_CASE(is_found_on_any_loop_and_nobody_else_goes) {
  start(2);
  constexpr std::size_t n = 8; // the kernel spreads them
  std::vector<test::peer> clients;
  std::vector<std::string> sids;
  for (std::size_t i = 0; i < n; ++i) {
    clients.push_back(open_websocket());
    std::promise<std::string> sid;
    with_session([&](auto& x) { sid.set_value(x.handshake().sid); });
    sids.push_back(sid.get_future().get());
  }
  for (std::size_t i = 0; i < n; i += 2)
    BOOST_TEST(find(sids[i]));
  for (std::size_t i = 0; i < n; i += 2) {
    BOOST_TEST(clients[i].read_frame() == "close:1001");
    BOOST_TEST(!find(sids[i]));
    clients[i + 1].send_text("4here");
    BOOST_TEST(clients[i + 1].read_frame() == "text:4here");
  }
}

BOOST_AUTO_TEST_CASE(is_nobody_where_there_are_no_clients) {
  start(2);
  BOOST_TEST(!find("anybody"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
