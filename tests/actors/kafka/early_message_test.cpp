// librdkafka's threads know an actor from the moment on that its state has made
// a client, which is before CAF has finished with it: it sets up its own
// metrics of the actor, for one, if it is told to have some.

#include "actors/contract/operation.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/notifier.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace weir {

namespace {

using early_actor = caf::typed_actor<caf::result<void>(drain)>;

/// Sends to itself from another thread for as long as it is told to.
struct early_state {
  static inline const char* name = "weir.early";

  early_state(early_actor::pointer self, std::atomic<bool>& go,
              std::thread& sender, std::atomic<int>& received)
    : self(self), received(received), self_notifier(early_actor{self}) {
    std::atomic<bool> notified = false;
    sender = std::thread{[&go, &notified, notify = self_notifier.callback()] {
      notify();
      notified = true;
      while (go)
        notify();
    }};
    while (!notified)
      std::this_thread::yield();
  }

  early_actor::behavior_type make_behavior() {
    self_notifier.open(self);
    return {[this](drain) { ++received; }};
  }

  early_actor::pointer self;
  std::atomic<int>& received;
  notifier<early_actor, drain> self_notifier;
};

} // namespace

BOOST_AUTO_TEST_SUITE(early_message)

BOOST_AUTO_TEST_CASE(an_actor_may_be_sent_to_while_it_is_made) {
  caf::actor_system_config cfg;
  cfg.set("caf.scheduler.max-threads", 1);
  cfg.set("caf.metrics-filters.actors.includes",
          std::vector<std::string>{"weir.*"});
  caf::actor_system system{cfg};
  for (int i = 0; i < 300; ++i) {
    std::atomic<int> received = 0;
    std::atomic<bool> go = true;
    std::thread sender;
    auto actor = actor_executor{system}.spawn<early_actor, early_state>(
      std::ref(go), std::ref(sender), std::ref(received));
    while (received == 0) // also what rang too early has become a message
      std::this_thread::yield();
    go = false;
    sender.join();
    caf::scoped_actor self{system};
    self->send_exit(actor, caf::exit_reason::kill);
    self->wait_for(actor);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace weir
