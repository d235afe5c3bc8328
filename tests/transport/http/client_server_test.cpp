#include "transport/http/client_server.hpp"

#include "tests/transport/http/test_server.hpp"
#include "transport/engineio/sid.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

namespace weir::http {
namespace {

namespace asio = boost::asio;

struct fixture : test::test_server {
  /// A WebSocket's session, behind others that nobody has looked at.
  test::peer open_websocket_after(int others) {
    for (int i = 0; i < others; ++i)
      BOOST_TEST(next() == "open");
    return open_websocket();
  }

  /// Why it does not start.
  std::string refused() {
    try {
      start();
      return "started";
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  }
};

BOOST_FIXTURE_TEST_SUITE(a_client_server, fixture)

BOOST_AUTO_TEST_CASE(names_the_port_that_it_took) {
  start(2);
  BOOST_TEST(server->url().starts_with("http://127.0.0.1:"));
  BOOST_TEST(!server->url().ends_with(":0"));
}

BOOST_AUTO_TEST_CASE(says_what_to_do_when_its_port_is_in_use) {
  asio::io_context context;
  asio::ip::tcp::acceptor other{context, {asio::ip::address_v4::loopback(), 0}};
  auto listen = "127.0.0.1:" + std::to_string(other.local_endpoint().port());
  settings.server.listen = listen;
  BOOST_TEST(refused()
             == "cannot listen on " + listen
                  + ": Address already in use; stop what uses it, or choose "
                    "another address for [server] listen");
}

BOOST_AUTO_TEST_CASE(does_not_share_its_port_with_another_server) {
  start();
  test::test_server other;
  other.settings.server.listen = server->url().substr(7);
  BOOST_CHECK_THROW(other.start(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(takes_no_address_that_is_none) {
  for (auto listen :
       {"", "127.0.0.1", "nowhere:1", "127.0.0.1:x", "127.0.0.1:99999", ":"}) {
    settings.server.listen = listen;
    BOOST_TEST(refused().find("address:port") != std::string::npos, listen);
  }
}

BOOST_AUTO_TEST_CASE(serves_a_session_whatever_loop_a_request_comes_to) {
  start(2);
  auto target = open_polling();
  // Each connection goes to one of two loops: all 40 to one, hardly.
  for (int i = 0; i < 20; ++i) {
    auto text = "4" + std::to_string(i);
    BOOST_TEST(post(target, text).body == "ok");
    BOOST_TEST(next() == "text:" + std::to_string(i));
    auto client = connect();
    client.send_get(target);
    BOOST_TEST(client.read_answer().body == text);
    client.send_get(target); // over the connection that has moved
    with_session([&](auto& x) {
      std::string frame;
      engineio::append_text_message(frame, "again");
      x.send(frame);
    });
    BOOST_TEST(client.read_answer().body == "4again");
  }
}

BOOST_AUTO_TEST_CASE(moves_large_bodies_and_pipelined_requests_as_well) {
  start(2);
  auto target = open_polling();
  std::string big(900'000, 'x');
  for (int i = 0; i < 8; ++i) {
    auto client = connect();
    client.send_post(target, "4" + big);
    client.send_get(target);
    BOOST_TEST(client.read_answer().body == "ok");
    BOOST_TEST((client.read_answer().body == "4" + big));
  }
}

BOOST_AUTO_TEST_CASE(upgrades_on_the_loop_of_the_session) {
  start(2);
  std::deque<test::peer> clients;
  for (int i = 0; i < 8; ++i) {
    auto target = open_polling();
    target.replace(target.find("polling"), 7, "websocket");
    auto& client = clients.emplace_back(connect());
    BOOST_TEST(client.upgrade(target).status == 101u);
    client.send_text("2probe");
    BOOST_TEST(client.read_frame() == "text:3probe");
    client.send_text("5");
    client.send_text("4hello");
    BOOST_TEST(client.read_frame() == "text:4hello");
    BOOST_TEST(next() == "text:hello");
  }
}

BOOST_AUTO_TEST_CASE(spreads_sessions_over_its_loops) {
  start(2);
  std::set<std::size_t> loops;
  for (int i = 0; i < 64 && loops.size() < 2; ++i) {
    auto target = open_polling();
    loops.insert(*engineio::loop_of(target.substr(target.size() - 20)));
  }
  BOOST_TEST(loops.size() == 2u);
}

BOOST_AUTO_TEST_CASE(takes_no_more_connections_than_it_may) {
  settings.server.max_connections = 1; // each with two transports
  start();
  auto first = open_websocket();
  {
    auto second = connect();
    BOOST_TEST(second.get("/").status == 404u);
    BOOST_TEST(connect().is_ended());
  }
  first.send_text("4still there");
  BOOST_TEST(first.read_frame() == "text:4still there");
  BOOST_TEST(events[engineio::port_event::connection_refused] == 1);
}

BOOST_AUTO_TEST_CASE(takes_no_more_sessions_than_it_may) {
  settings.server.max_connections = 3;
  start();
  auto client = connect(); // one TCP connection has them all
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(client.get(test::engine_target("polling")).status == 200u);
  auto last = open_websocket_after(2);
  auto refused = client.get(test::engine_target("polling"));
  BOOST_TEST(refused.status == 503u);
  BOOST_TEST(!refused.body.empty());
  BOOST_TEST(client.is_ended());
  auto websocket = connect().upgrade(test::engine_target("websocket"));
  BOOST_TEST(websocket.status == 503u);
  BOOST_TEST(!websocket.body.empty());
  BOOST_TEST(events[engineio::port_event::connection_refused] == 2);
  last.close();
  BOOST_TEST(next() == "closed:transport close");
  forget();
  auto again = connect();
  BOOST_TEST(again.get(test::engine_target("polling")).status == 200u);
}

BOOST_AUTO_TEST_CASE(takes_no_more_sessions_of_an_address_than_it_may) {
  settings.limits.connections_per_address = 2;
  start();
  for (int i = 0; i < 2; ++i)
    open_polling();
  BOOST_TEST(get(test::engine_target("polling")).status == 429u);
  BOOST_TEST(events[engineio::port_event::connection_refused] == 1);
}

BOOST_AUTO_TEST_CASE(keeps_no_more_of_a_sessions_headers_than_it_may) {
  settings.limits.handshake = 300;
  start();
  auto query = "&x=" + std::string(200, 'x');
  auto x = get(test::engine_target("polling") + query,
               "A: 1\r\nBig: " + std::string(200, 'x') + "\r\nB: 2\r\n");
  BOOST_TEST(x.status == 200u);
  BOOST_TEST(next() == "open");
  with_session([&](auto& session) {
    auto& kept = session.handshake();
    BOOST_TEST(kept.url.ends_with(query));
    BOOST_TEST(kept.headers == "host: localhost\na: 1\nb: 2\n");
  });
}

BOOST_AUTO_TEST_CASE(ends_a_session_that_there_is_no_memory_for) {
  start();
  auto bystander = open_websocket();
  auto client = open_websocket();
  client.send_text("4no memory");
  BOOST_TEST(next() == "closed:transport error");
  BOOST_TEST(client.is_ended());
  auto target = open_polling();
  auto polling = connect();
  polling.send_post(target, "4no memory");
  BOOST_TEST(next() == "closed:transport error");
  BOOST_TEST(polling.is_ended());
  BOOST_TEST(events[engineio::port_event::out_of_memory] == 2);
  bystander.send_text("4still there");
  BOOST_TEST(bystander.read_frame() == "text:4still there");
}

BOOST_AUTO_TEST_CASE(goes_on_with_its_sessions_when_it_takes_no_new_ones) {
  start();
  auto client = open_websocket();
  auto other = connect();
  auto target = open_polling();
  server->stop_accepting();
  server->stop_accepting();
  with_session([](auto&) {});
  BOOST_TEST(other.get(test::engine_target("polling")).status == 503u);
  BOOST_CHECK_THROW(connect(), std::exception);
  client.send_text("4a");
  BOOST_TEST(client.read_frame() == "text:4a");
}

BOOST_AUTO_TEST_CASE(closes_its_sessions_and_tells_their_owners) {
  start();
  auto client = open_websocket();
  auto target = open_polling();
  server->close_sessions();
  BOOST_TEST(next() == "closed:forced close");
  BOOST_TEST(next() == "closed:forced close");
  BOOST_TEST(client.read_frame() == "close:1001");
  BOOST_TEST(get(target).status == 400u);
}

BOOST_AUTO_TEST_CASE(may_be_destroyed_with_sessions_of_every_kind) {
  start(2);
  auto client = open_websocket();
  auto target = open_polling();
  auto waiting = connect();
  waiting.send_get(target);
  auto probing = connect();
  auto websocket = target;
  websocket.replace(target.find("polling"), 7, "websocket");
  probing.upgrade(websocket);
  stop();
  BOOST_TEST(client.is_ended());
  BOOST_TEST(waiting.is_ended());
  BOOST_TEST(probing.is_ended());
}

/// Whatever is asked for: what begins no session and is of none is paid for.
BOOST_AUTO_TEST_CASE(takes_so_many_requests_of_no_session_from_an_address) {
  using engineio::port_event;
  auto polling = test::engine_target("polling");
  auto many = [this](std::string_view target, std::string_view fields = {}) {
    settings.limits.requests = {1, 3};
    start();
    auto session = open_polling();
    int served = 0;
    auto x = get(target, fields);
    for (; x.status != 429 && served < 100; ++served)
      x = get(target, fields);
    BOOST_TEST(x.status == 429u, target);
    BOOST_TEST(std::stoi(x.fields["retry-after"]) >= 1);
    BOOST_TEST(x.fields["connection"] == "close");
    BOOST_TEST(served >= 3);
    BOOST_TEST(events[port_event::requests_too_often] > 0);
    events[port_event::requests_too_often] = 0;
    // sessions that are there, and new ones, have limits of their own
    BOOST_TEST(post(session, "4a").body == "ok");
    BOOST_TEST(next() == "text:a");
    open_polling();
    stop();
  };
  many("/none");
  many("/none/%zz");
  many("/socket.io/");
  many(polling + "&sid=none");
  many(test::engine_target("websocket"));
  many(polling, "Upgrade: websocket\r\nConnection: Upgrade\r\n");
  settings.server.cors.origins = {"*"};
  many(test::engine_target("none"), "Origin: http://a\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
