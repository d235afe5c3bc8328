#include "actors/cluster/basp_link.hpp"

#include "tests/actors/cluster/basp_link_fixture.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <openssl/ssl.h>
#include <poll.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

namespace {

using namespace weir;
using namespace weir::test;

namespace data = boost::unit_test::data;

const std::string long_text(16 * kib, 'x');

/// Without TLS, and with it.
const auto both = data::make({false, true});

struct fixture {
  fixture() {
    auto name
      = (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    one.emplace(folder, "one");
  }

  ~fixture() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  cluster_options settings(bool tls) const {
    cluster_options result;
    result.listen = "127.0.0.1:0";
    if (tls)
      result.tls = {one->certificate("node"), one->key("node"), one->ca()};
    return result;
  }

  /// Joins two nodes.
  void join(linked_node& from, linked_node& to) {
    auto [a, b] = make_pair();
    accepted = to.start(std::move(b), false);
    dialed = from.start(std::move(a), true);
  }

  /// The actor that the accepting side publishes; requires that the link came
  /// about.
  caf::actor peer() {
    auto x = dialed.peer->get();
    BOOST_TEST_REQUIRE(x.engaged(), (x ? "" : to_string(x.error())));
    return caf::actor_cast<caf::actor>(*x);
  }

  std::filesystem::path folder;
  std::optional<authority> one;
  link_end dialed;
  link_end accepted;
};

/// What `whom` answers to `self`.
std::string ask(caf::scoped_actor& self, const caf::actor& whom,
                const std::string& text) {
  std::string result;
  self->request(whom, patience, text)
    .receive([&](std::string& x) { result = std::move(x); },
             [](const caf::error& why) {
               BOOST_ERROR("no answer: " << to_string(why));
             });
  return result;
}

/// Waits until what `self` monitors has ended.
bool sees_an_end(caf::scoped_actor& self) {
  bool result = false;
  self->receive([&](const caf::down_msg&) { result = true; },
                caf::after(patience) >> [] {});
  return result;
}

BOOST_AUTO_TEST_SUITE(basp_links)

BOOST_DATA_TEST_CASE_F(fixture, a_long_text_goes_both_ways, both, tls) {
  linked_node a{settings(tls)};
  linked_node b{settings(tls)};
  join(a, b);
  caf::scoped_actor self{a.system()};
  BOOST_TEST((ask(self, peer(), long_text) == long_text + long_text));
  // Both have counted it: what an end has sent before it got the answer.
  auto size = long_text.size();
  for (auto [bytes, times] :
       {std::pair{dialed.link.traffic()->sent(), 1u},
        std::pair{accepted.link.traffic()->received(), 1u},
        std::pair{dialed.link.traffic()->received(), 2u}}) {
    BOOST_TEST(bytes > times * size);
    BOOST_TEST(bytes < times * size + 10'000);
  }
}

BOOST_DATA_TEST_CASE_F(fixture, the_accepting_side_knows_who_has_sent, both,
                       tls) {
  linked_node a{settings(tls)};
  linked_node b{settings(tls)};
  join(a, b);
  caf::scoped_actor self{a.system()};
  ask(self, peer(), "who is it?");
  auto proxy = b.asker();
  BOOST_TEST((proxy.node() == a.system().node()));
  caf::anon_send(proxy, long_text);
  std::string received;
  self->receive([&](std::string& x) { received = std::move(x); },
                caf::after(patience) >> [] {});
  BOOST_TEST((received == long_text));
}

BOOST_DATA_TEST_CASE_F(fixture, the_dialing_side_sees_the_others_end, both,
                       tls) {
  linked_node a{settings(tls)};
  linked_node b{settings(tls)};
  join(a, b);
  caf::scoped_actor self{a.system()};
  self->monitor(peer());
  b.stop();
  BOOST_TEST(sees_an_end(self));
  BOOST_TEST(dialed.ended->get() == "");
  BOOST_TEST(accepted.ended->get() == "");
}

BOOST_DATA_TEST_CASE_F(fixture, the_accepting_side_sees_the_others_end, both,
                       tls) {
  auto a = std::make_unique<linked_node>(settings(tls));
  linked_node b{settings(tls)};
  join(*a, b);
  {
    caf::scoped_actor self{a->system()};
    ask(self, peer(), "it is me");
  }
  caf::scoped_actor self{b.system()};
  self->monitor(b.asker());
  a.reset();
  BOOST_TEST(sees_an_end(self));
  BOOST_TEST(accepted.ended->get() == "");
}

BOOST_DATA_TEST_CASE_F(fixture, a_link_can_be_ended_from_either_side,
                       both* data::make({false, true}), tls, by_dialer) {
  linked_node a{settings(tls)};
  linked_node b{settings(tls)};
  join(a, b);
  caf::scoped_actor self{a.system()};
  self->monitor(peer());
  (by_dialer ? dialed : accepted).link.close();
  BOOST_TEST(sees_an_end(self));
  BOOST_TEST(dialed.ended->get() == "");
  BOOST_TEST(accepted.ended->get() == "");
}

BOOST_DATA_TEST_CASE_F(fixture, a_link_can_be_made_again, both, tls) {
  linked_node a{settings(tls)};
  linked_node b{settings(tls)};
  for (int i = 0; i < 3; ++i) {
    join(a, b);
    caf::scoped_actor self{a.system()};
    BOOST_TEST((ask(self, peer(), "x") == "xx"));
    dialed.link.close();
    dialed.ended->get();
    accepted.ended->get();
  }
}

// With TLS they share the errors of one thread of OpenSSL's.
BOOST_DATA_TEST_CASE_F(fixture, the_end_of_one_link_leaves_the_others_alone,
                       both, tls) {
  linked_node hub{settings(tls)};
  linked_node stays{settings(tls)};
  join(hub, stays);
  auto kept = std::move(dialed);
  auto kept_too = std::move(accepted);
  auto echo = caf::actor_cast<caf::actor>(*kept.peer->get());
  caf::scoped_actor self{hub.system()};
  for (int i = 0; i < 3; ++i) {
    linked_node goes{settings(tls)};
    join(hub, goes);
    peer();
    goes.stop();
    dialed.ended->get();
    BOOST_TEST((ask(self, echo, "x") == "xx"));
  }
  BOOST_TEST(!kept.ended->is_set());
}

// -- silence ------------------------------------------------------------------

/// Carries bytes between two connections until it is told to keep them.
class wire {
public:
  wire(cluster::native_socket one, cluster::native_socket other)
    : one_(std::move(one)),
      other_(std::move(other)),
      there_(pump(one_, other_)),
      back_(pump(other_, one_)) {}

  ~wire() {
    one_.shut_down();
    other_.shut_down();
    there_.join();
    back_.join();
  }

  void fall_silent() { silent_ = true; }

  /// Waits until bytes have come so many times more.
  void wait_for(int more) {
    std::unique_lock guard{mutex_};
    auto enough = times_ + more;
    BOOST_TEST_REQUIRE(
      came_.wait_for(guard, patience, [&] { return times_ >= enough; }));
  }

private:
  std::thread pump(const cluster::native_socket& from,
                   const cluster::native_socket& to) {
    return std::thread{[this, from = from.descriptor(), to = to.descriptor()] {
      char bytes[4096];
      for (;;) {
        pollfd ready{from, POLLIN, 0};
        ::poll(&ready, 1, -1);
        auto n = ::read(from, bytes, sizeof(bytes));
        if (n <= 0 || (!silent_ && ::write(to, bytes, size_t(n)) != n))
          return;
        std::lock_guard guard{mutex_};
        ++times_;
        came_.notify_all();
      }
    }};
  }

  std::atomic<bool> silent_ = false;
  std::mutex mutex_;
  std::condition_variable came_;
  int times_ = 0;
  cluster::native_socket one_;
  cluster::native_socket other_;
  std::thread there_;
  std::thread back_;
};

BOOST_DATA_TEST_CASE_F(fixture, heartbeats_keep_a_link_and_silence_ends_it,
                       both, tls) {
  auto quick = settings(tls);
  quick.timeout = 2s; // so that a busy machine is not taken for a silent node
  linked_node a{quick};
  linked_node b{quick};
  auto [a_end, a_wire] = make_pair();
  auto [b_wire, b_end] = make_pair();
  wire between{std::move(a_wire), std::move(b_wire)};
  accepted = b.start(std::move(b_end), false);
  dialed = a.start(std::move(a_end), true);
  caf::scoped_actor self{a.system()};
  self->monitor(peer());
  between.wait_for(12); // two heartbeats per quarter of the time-out
  BOOST_TEST(!dialed.ended->is_set());
  BOOST_TEST(!accepted.ended->is_set());
  between.fall_silent();
  auto begin = std::chrono::steady_clock::now();
  BOOST_TEST(sees_an_end(self));
  accepted.ended->get();
  BOOST_TEST((std::chrono::steady_clock::now() - begin > 1s));
}

// CAF would end it with its first heartbeat, a quarter of that time later.
BOOST_FIXTURE_TEST_CASE(who_does_not_greet_has_the_time_of_a_heartbeat_lost,
                        fixture) {
  auto quick = settings(false);
  quick.timeout = 400ms;
  linked_node a{quick};
  auto [a_end, silent] = make_pair();
  auto begin = std::chrono::steady_clock::now();
  dialed = a.start(std::move(a_end), true);
  auto x = dialed.peer->get();
  BOOST_TEST(!x.engaged());
  BOOST_TEST((std::chrono::steady_clock::now() - begin > 300ms));
}

// -- who is let in ------------------------------------------------------------

struct two_authorities : fixture {
  two_authorities() { two.emplace(folder, "two"); }

  cluster_options strangers_settings() const {
    cluster_options result;
    result.listen = "127.0.0.1:0";
    result.tls = {two->certificate("node"), two->key("node"), two->ca()};
    return result;
  }

  void expect_no_link() {
    BOOST_TEST(!dialed.peer->get().engaged());
    dialed.ended->get();
    accepted.ended->get();
  }

  std::optional<authority> two;
};

BOOST_FIXTURE_TEST_CASE(a_dialer_of_another_authority_is_refused,
                        two_authorities) {
  auto stranger = strangers_settings();
  stranger.tls.ca = one->ca(); // it trusts us
  linked_node a{stranger};
  linked_node b{settings(true)};
  join(a, b);
  expect_no_link();
  BOOST_TEST(accepted.ended->get() == "certificate verify failed");
}

BOOST_FIXTURE_TEST_CASE(an_acceptor_of_another_authority_is_refused,
                        two_authorities) {
  auto stranger = strangers_settings();
  stranger.tls.ca = one->ca();
  linked_node a{settings(true)};
  linked_node b{stranger};
  join(a, b);
  expect_no_link();
  BOOST_TEST(dialed.ended->get() == "certificate verify failed");
}

BOOST_FIXTURE_TEST_CASE(a_dialer_without_a_certificate_is_refused, fixture) {
  linked_node b{settings(true)};
  auto [a_end, b_end] = make_pair();
  ::fcntl(a_end.descriptor(), F_SETFL, 0);
  accepted = b.start(std::move(b_end), false);
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> ctx{
    SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> stranger{SSL_new(ctx.get()), SSL_free};
  SSL_set_fd(stranger.get(), a_end.descriptor());
  SSL_connect(stranger.get()); // with TLS 1.3 its side is well
  char byte;
  BOOST_TEST(SSL_read(stranger.get(), &byte, 1) <= 0);
  BOOST_TEST(accepted.ended->get() == "peer did not return a certificate");
}

BOOST_DATA_TEST_CASE_F(fixture, a_node_without_tls_is_refused, both, dials) {
  auto quick = settings(false);
  quick.timeout = 1s; // who has TLS may wait for more of what is none
  linked_node plain{quick};
  quick.tls = settings(true).tls;
  linked_node secure{quick};
  if (dials)
    join(plain, secure);
  else
    join(secure, plain);
  BOOST_TEST(!dialed.peer->get().engaged());
  dialed.ended->get();
  accepted.ended->get();
}

// -- certificates that change -------------------------------------------------

struct renewing_nodes : two_authorities {
  void expect_answer() {
    caf::scoped_actor self{a.system()};
    BOOST_TEST((ask(self, peer(), "x") == "xx"));
  }

  /// The next link between them, when the last one has ended.
  void join_again() {
    dialed.link.close();
    dialed.ended->get();
    accepted.ended->get();
    join(a, b);
  }

  linked_node a{settings(true)};
  linked_node b{settings(true)};
};

BOOST_FIXTURE_TEST_CASE(a_link_goes_on_and_the_next_has_other_certificates,
                        renewing_nodes) {
  join(a, b);
  expect_answer();
  auto strange = strangers_settings().tls;
  strange.ca = one->ca();
  a.certificates().prepare(strange)();
  expect_answer();
  join_again();
  expect_no_link();
  BOOST_TEST(accepted.ended->get() == "certificate verify failed");
  a.certificates().prepare(settings(true).tls)();
  join(a, b);
  expect_answer();
}

BOOST_FIXTURE_TEST_CASE(an_authority_makes_way_for_another, renewing_nodes) {
  auto bundle = (folder / "bundle.pem").string();
  for (auto& file : {one->ca(), two->ca()})
    std::ofstream{bundle, std::ios::app} << std::ifstream{file}.rdbuf();
  auto former = settings(true).tls, next = strangers_settings().tls;
  auto between = next;
  former.ca = between.ca = bundle;
  join(a, b);
  for (auto& step : {former, between, next})
    for (auto* node : {&a, &b}) {
      node->certificates().prepare(step)();
      join_again();
      expect_answer();
    }
  a.certificates().prepare(former)();
  join_again();
  expect_no_link();
}

BOOST_FIXTURE_TEST_CASE(files_that_have_gone_leave_links_as_they_were,
                        renewing_nodes) {
  std::filesystem::remove(settings(true).tls.certificate);
  BOOST_CHECK_THROW(a.certificates().reload(), std::runtime_error);
  join(a, b);
  expect_answer();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
