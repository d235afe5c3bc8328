#include "actors/runtime/actor_metrics.hpp" // unit under test

#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace weir {

namespace {

/// Fails when it gets a local event.
struct worker_state {
  static inline const char* name = "weir.test-worker";

  explicit worker_state(subscriber_actor::pointer self) : self(self) {}

  subscriber_actor::behavior_type make_behavior() {
    return {
      [](const record_batch&) {},
      [](const keys_added&) {},
      [this](const local_event&) { self->quit(caf::sec::runtime_error); },
    };
  }

  subscriber_actor::pointer self;
};

struct fixture : test::deterministic_actor_system {
  subscriber_actor spawn_worker() {
    auto result = executor.spawn<subscriber_actor, worker_state>();
    run();
    return result;
  }

  static void send(const subscriber_actor& to, int n) {
    for (int i = 0; i < n; ++i)
      caf::anon_send(to, record_batch{});
  }

  schemas::actor_status workers() {
    for (auto& x : actor_statuses(system))
      if (x.type == "test-worker")
        return x;
    return {};
  }

  std::vector<schemas::busy_actor> busiest_workers() {
    auto result = busiest_actors(system);
    std::erase_if(result, [](auto& x) { return x.type != "test-worker"; });
    return result;
  }

  static void end(const subscriber_actor& x) {
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  }
};

BOOST_FIXTURE_TEST_SUITE(what_is_known_of_actors, fixture)

BOOST_AUTO_TEST_CASE(is_how_many_messages_wait_and_how_many_did_at_most) {
  auto one = spawn_worker(), two = spawn_worker();
  send(one, 3), send(two, 5);
  BOOST_TEST(workers().count == 2u);
  BOOST_TEST(workers().mailbox == 8u);
  run();
  BOOST_TEST(workers().mailbox == 0u);
  BOOST_TEST(workers().mailbox_max == 5u);
  BOOST_TEST(workers().processed == 8u);
  send(one, 2);
  run();
  BOOST_TEST(workers().mailbox_max == 5u);
  end(one), end(two);
  run();
  BOOST_TEST(workers().count == 0u);
  BOOST_TEST(workers().mailbox_max == 0u);
}

BOOST_AUTO_TEST_CASE(is_which_of_them_have_been_at_work) {
  auto one = spawn_worker(), two = spawn_worker();
  send(one, 1), send(two, 2);
  run();
  auto found = busiest_workers();
  BOOST_TEST_REQUIRE(found.size() == 2u);
  auto of = [&](auto& x) {
    return *std::find_if(found.begin(), found.end(),
                         [&](auto& y) { return y.id == x.id(); });
  };
  BOOST_TEST(of(one).processed == 1u);
  BOOST_TEST(of(two).processed == 2u);
  BOOST_TEST(of(two).mailbox_max == 2u);
  end(one), end(two);
  run();
  BOOST_TEST(busiest_workers().empty());
}

BOOST_AUTO_TEST_CASE(is_ten_of_them_at_most) {
  std::vector<subscriber_actor> all;
  for (int i = 0; i < 15; ++i)
    all.push_back(spawn_worker());
  BOOST_TEST(busiest_actors(system).size() == 10u);
  for (auto& x : all)
    end(x);
  run();
}

BOOST_AUTO_TEST_CASE(is_how_many_have_failed) {
  auto one = spawn_worker(), two = spawn_worker();
  end(one);
  run();
  BOOST_TEST(workers().restarts == 0u);
  caf::anon_send(two, local_event{});
  run();
  BOOST_TEST(workers().count == 0u);
  BOOST_TEST(workers().restarts == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
