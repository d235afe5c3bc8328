#include "transport/cluster/link_port.hpp"

#include "config/address.hpp"
#include "tests/support/patience.hpp"
#include "tests/transport/cluster/hellos.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <new>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace weir;
using namespace weir::cluster;
using boost::asio::ip::tcp;
using lines = std::vector<std::string>;

/// A node: a port, and what its owner has heard.
struct node : link_handler {
  node(boost::asio::io_context& loop, const std::string& name,
       const std::function<void(link_port_options&)>& change = {}) {
    link_port_options options{.listen = "127.0.0.1:0",
                              .local = test::hello_of(name),
                              .secret = "0123456789abcdef",
                              .timeout = 10s};
    options.local.address.clear();
    if (change)
      change(options);
    port.emplace(loop, options, *this);
  }

  std::string admit(const hello& peer, bool) override {
    if (std::exchange(cannot_admit, false))
      throw std::bad_alloc{};
    asked.push_back(peer.node);
    return answer;
  }

  void on_link(cluster::link x) override {
    if (std::exchange(has_no_memory, false))
      throw std::bad_alloc{};
    links.push_back(std::move(x));
    if (on_event)
      on_event();
  }

  void on_failed(failed_link x) override {
    failures.push_back(std::move(x));
    if (on_event)
      on_event();
  }

  std::string address() const { return port->local().address; }

  bool cannot_admit = false;  ///< the next, for want of memory
  bool has_no_memory = false; ///< for the next link
  lines asked;
  std::string answer;
  std::vector<cluster::link> links;
  std::vector<failed_link> failures;
  std::function<void()> on_event;
  std::optional<link_port> port;
};

/// Lets the dial of the smaller name stand, as CLUSTER does.
struct smaller_first : node {
  using node::node;

  std::string admit(const hello& peer, bool dialed) override {
    auto& local = port->local().node;
    auto stands = dialed ? local < peer.node : peer.node < local;
    return stands ? "" : "already linked";
  }
};

struct fixture {
  /// Runs the loop until something is the case.
  void wait_for(const std::function<bool()>& condition) {
    auto deadline = std::chrono::steady_clock::now() + weir::test::patience;
    while (!condition()) {
      BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < deadline));
      loop.run_one_for(100ms);
      loop.restart();
    }
  }

  tcp::socket connect_to(const node& x) {
    auto at = *parse_address(x.address());
    tcp::socket result{loop};
    result.connect({boost::asio::ip::make_address(at.host), at.port});
    return result;
  }

  /// Whether the other side has closed.
  bool is_closed(tcp::socket& x) {
    x.non_blocking(true);
    char byte;
    boost::system::error_code e;
    x.read_some(boost::asio::buffer(&byte, 1), e);
    return e && e != boost::asio::error::would_block;
  }

  boost::asio::io_context loop;
};

int option(const native_socket& x, int level, int name) {
  int result = 0;
  socklen_t size = sizeof(result);
  ::getsockopt(x.descriptor(), level, name, &result, &size);
  return result;
}

BOOST_FIXTURE_TEST_SUITE(link_ports, fixture)

BOOST_AUTO_TEST_CASE(a_node_that_dials_another_one_gets_a_link) {
  node a{loop, "a"};
  node b{loop, "b"};
  a.port->dial(b.address());
  wait_for([&] { return !a.links.empty() && !b.links.empty(); });
  BOOST_TEST(a.links[0].dialed);
  BOOST_TEST(!b.links[0].dialed);
  BOOST_TEST((a.links[0].peer == b.port->local()));
  BOOST_TEST((b.links[0].peer == a.port->local()));
  BOOST_TEST(a.links[0].address == b.address());
  BOOST_TEST(b.links[0].address.starts_with("127.0.0.1:"));
  BOOST_TEST(a.failures.empty());
  BOOST_TEST(b.failures.empty());
}

BOOST_AUTO_TEST_CASE(the_name_of_a_host_is_looked_up) {
  node a{loop, "a"};
  node b{loop, "b"};
  auto address = b.address();
  a.port->dial("localhost" + address.substr(address.rfind(':')));
  wait_for([&] { return !a.links.empty(); });
}

BOOST_AUTO_TEST_CASE(an_address_to_be_told_to_others_stays) {
  node a{loop, "a", [](auto& x) { x.local.address = "weir1.example:7400"; }};
  BOOST_TEST(a.address() == "weir1.example:7400");
}

BOOST_AUTO_TEST_CASE(a_link_is_ready_for_its_owner) {
  node a{loop, "a", [](auto& x) { x.timeout = 5s; }};
  node b{loop, "b"};
  a.port->dial(b.address());
  wait_for([&] { return !a.links.empty() && !b.links.empty(); });
  auto& socket = a.links[0].socket;
  BOOST_TEST((::fcntl(socket.descriptor(), F_GETFL) & O_NONBLOCK) != 0);
  BOOST_TEST(option(socket, IPPROTO_TCP, TCP_NODELAY) != 0);
  BOOST_TEST(option(socket, SOL_SOCKET, SO_KEEPALIVE) != 0);
  BOOST_TEST(option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT) == 10'000);
}

// BASP or TLS begins with the next byte, which may come with the last one.
BOOST_AUTO_TEST_CASE(what_follows_the_handshake_is_the_owners) {
  node a{loop, "a"};
  node b{loop, "b"};
  b.on_event = [&] {
    BOOST_TEST(::write(b.links[0].socket.descriptor(), "BASP", 4) == 4);
  };
  a.port->dial(b.address());
  wait_for([&] { return !a.links.empty(); });
  char text[8];
  ssize_t n = -1;
  wait_for([&] {
    n = ::read(a.links[0].socket.descriptor(), text, sizeof(text));
    return n >= 0;
  });
  BOOST_TEST((std::string_view{text, static_cast<std::size_t>(n)} == "BASP"));
}

BOOST_AUTO_TEST_CASE(a_link_ends_when_its_owner_lets_go_of_it) {
  node a{loop, "a"};
  node b{loop, "b"};
  a.port->dial(b.address());
  wait_for([&] { return !a.links.empty() && !b.links.empty(); });
  auto kept = a.links[0].socket.duplicate();
  BOOST_TEST(kept.is_open());
  a.links[0].socket.shut_down();
  char byte;
  wait_for(
    [&] { return ::read(b.links[0].socket.descriptor(), &byte, 1) == 0; });
  BOOST_TEST(::read(kept.descriptor(), &byte, 1) == 0);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_reported_on_both_sides) {
  node a{loop, "a"};
  node b{loop, "b", [](auto& x) { x.local.cluster = "other"; }};
  a.port->dial(b.address());
  wait_for([&] { return !a.failures.empty() && !b.failures.empty(); });
  auto& told = a.failures[0];
  auto& telling = b.failures[0];
  BOOST_TEST(told.by_peer);
  BOOST_TEST(!telling.by_peer);
  BOOST_TEST(told.dialed);
  BOOST_TEST(!telling.dialed);
  BOOST_TEST((told.reason.code == refusal_code::cluster));
  BOOST_TEST((told.reason == telling.reason));
  BOOST_TEST(told.address == b.address());
  BOOST_TEST_REQUIRE(telling.peer.has_value());
  BOOST_TEST(telling.peer->node == "a");
  BOOST_TEST(a.asked.empty());
}

BOOST_AUTO_TEST_CASE(the_owner_may_refuse) {
  node a{loop, "a"};
  node b{loop, "b"};
  b.answer = "already linked";
  a.port->dial(b.address());
  wait_for([&] { return !a.failures.empty() && !b.failures.empty(); });
  BOOST_TEST(a.failures[0].reason.why == "already linked");
  BOOST_TEST((a.failures[0].peer == b.port->local()));
  BOOST_TEST((b.failures[0].reason == a.failures[0].reason));
  BOOST_TEST(b.asked == lines{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_node_that_dials_itself_is_notified_twice) {
  node a{loop, "a"};
  a.port->dial(a.address());
  wait_for([&] { return a.failures.size() == 2; });
  for (auto& x : a.failures)
    BOOST_TEST((x.reason.code == refusal_code::itself));
}

BOOST_AUTO_TEST_CASE(who_is_not_there_is_reported) {
  node a{loop, "a"};
  auto address = [&] { return node{loop, "b"}.address(); }(); // gone
  a.port->dial(address);
  a.port->dial("no-such-host.invalid:7400");
  wait_for([&] { return a.failures.size() == 2; });
  for (auto& x : a.failures) {
    auto named = x.address == address;
    BOOST_TEST(x.dialed);
    BOOST_TEST((x.reason.code == refusal_code::none));
    BOOST_TEST(x.reason.why.starts_with(named ? "it cannot be reached: "
                                              : "its name is not found: "));
  }
}

BOOST_AUTO_TEST_CASE(who_accepts_and_says_nothing_is_given_up) {
  tcp::acceptor silent{loop, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  node a{loop, "a", [](auto& x) { x.timeout = 50ms; }};
  a.port->dial("127.0.0.1:" + std::to_string(silent.local_endpoint().port()));
  wait_for([&] { return !a.failures.empty(); });
  BOOST_TEST(a.failures[0].reason.why == "there was no answer in time");
}

BOOST_AUTO_TEST_CASE(who_says_a_byte_now_and_then_is_given_up) {
  node a{loop, "a", [](auto& x) { x.timeout = 200ms; }};
  auto slow = connect_to(a);
  std::size_t written = 0;
  wait_for([&] {
    boost::system::error_code e;
    // A long frame, so that no byte of it is wrong.
    auto byte = written == 0 ? '\x08' : '\x01';
    written += slow.write_some(boost::asio::buffer(&byte, 1), e);
    loop.run_one_for(10ms);
    return !a.failures.empty();
  });
  BOOST_TEST(written > 2u);
  BOOST_TEST(a.failures[0].reason.why == "there was no answer in time");
  BOOST_TEST(!a.failures[0].peer);
  wait_for([&] { return is_closed(slow); });
}

BOOST_AUTO_TEST_CASE(other_protocols_are_closed_at_once) {
  node a{loop, "a"};
  auto web = connect_to(a);
  boost::asio::write(web, boost::asio::buffer("GET / HTTP/1.1\r\n\r\n", 18));
  wait_for([&] { return !a.failures.empty() && is_closed(web); });
  BOOST_TEST(a.failures[0].reason.why
             == "the other side does not speak as a node of Weir");
}

BOOST_AUTO_TEST_CASE(who_holds_connections_keeps_nobody_out) {
  node a{loop, "a", [](auto& x) { x.max_handshakes = 3; }};
  std::vector<tcp::socket> idle;
  for (int i = 0; i < 5; ++i) {
    idle.push_back(connect_to(a));
    loop.run_for(10ms);
    loop.restart();
  }
  wait_for([&] { return a.failures.size() == 2; });
  BOOST_TEST(is_closed(idle[0]));
  BOOST_TEST(is_closed(idle[1]));
  BOOST_TEST(!is_closed(idle[2]));
  BOOST_TEST(a.failures[0].reason.why == "it gave way to another connection");
  node b{loop, "b"};
  b.port->dial(a.address());
  wait_for([&] { return !b.links.empty(); });
}

BOOST_AUTO_TEST_CASE(no_more_are_dialed_at_once_than_allowed) {
  tcp::acceptor silent{loop, {boost::asio::ip::make_address("127.0.0.1"), 0}};
  node a{loop, "a", [](auto& x) { x.max_handshakes = 2; }};
  for (int i = 0; i < 3; ++i)
    a.port->dial("127.0.0.1:" + std::to_string(silent.local_endpoint().port()));
  BOOST_TEST(a.failures.empty()); // not before dial has returned
  wait_for([&] { return !a.failures.empty(); });
  BOOST_TEST(a.failures[0].reason.why == "too many others are being dialed");
}

BOOST_AUTO_TEST_CASE(two_nodes_may_dial_each_other_at_once) {
  smaller_first c{loop, "c"};
  smaller_first d{loop, "d"};
  c.port->dial(d.address());
  d.port->dial(c.address());
  wait_for([&] {
    return c.links.size() + c.failures.size() == 2
           && d.links.size() + d.failures.size() == 2;
  });
  BOOST_TEST_REQUIRE(c.links.size() == 1u);
  BOOST_TEST_REQUIRE(d.links.size() == 1u);
  BOOST_TEST(c.links[0].dialed);
  BOOST_TEST(!d.links[0].dialed);
}

BOOST_AUTO_TEST_CASE(a_port_that_has_stopped_is_silent) {
  node a{loop, "a"};
  node b{loop, "b"};
  auto idle = connect_to(a);
  a.port->dial(b.address());
  a.port->stop();
  wait_for([&] { return is_closed(idle); });
  b.port->dial(a.address());
  wait_for([&] { return !b.failures.empty(); });
  BOOST_TEST(a.links.empty());
  BOOST_TEST(a.failures.empty());
}

BOOST_AUTO_TEST_CASE(the_owner_may_stop_the_port_when_it_hears_of_something) {
  node a{loop, "a"};
  node b{loop, "b"};
  b.answer = "no";
  a.on_event = [&] { a.port->stop(); };
  b.on_event = [&] { b.port->stop(); };
  a.port->dial(b.address());
  wait_for([&] { return !a.failures.empty() && !b.failures.empty(); });
  a.port.reset();
  b.port.reset();
  loop.run_for(10ms);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_reported_with_its_key) {
  node a{loop, "a"};
  auto address = a.address();
  auto is_told = [&](const std::runtime_error& e) {
    return e.what()
           == "cannot listen on " + address
                + ": Address already in use; stop what uses it, or choose "
                  "another address for cluster.listen";
  };
  auto second = [&] { node{loop, "b", [&](auto& x) { x.listen = address; }}; };
  BOOST_CHECK_EXCEPTION(second(), std::runtime_error, is_told);
}

// In whatever step, at whichever end: it is that link's end, which is told, and
// the next one is made.
BOOST_AUTO_TEST_CASE(gives_up_one_link_that_there_is_no_memory_for) {
  node a{loop, "a"}, b{loop, "b"};
  auto link_up = [&] {
    a.links.clear(), b.links.clear();
    a.port->dial(b.address());
    wait_for([&] { return !a.links.empty() && !b.links.empty(); });
  };
  for (auto* x : {&a, &b})
    for (auto flag : {&node::cannot_admit, &node::has_no_memory}) {
      auto failures = x->failures.size();
      a.links.clear(), b.links.clear();
      x->*flag = true;
      a.port->dial(b.address());
      wait_for([&] { return x->failures.size() > failures; });
      BOOST_TEST(x->failures.back().reason.why == "there is no memory for it");
      BOOST_TEST(x->links.empty());
      link_up();
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
