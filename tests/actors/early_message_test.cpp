// librdkafka's threads wake an actor from the moment on that its state has made
// a client, which is before CAF has set the actor's metrics up.

#include "actors/actor_metrics.hpp"
#include "actors/caf_compat.hpp"
#include "actors/io_loop.hpp"
#include "actors/messages.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/stateful_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

namespace weir {

namespace {

/// Sends to itself from another thread for as long as it is told to.
struct early_state {
  static inline const char* name = "weir.early";

  early_state(gateway_actor::pointer self, std::atomic<bool>& go,
              std::thread& sender) {
    std::atomic<bool> sent = false;
    sender = std::thread{[&go, &sent, handle = gateway_actor{self}] {
      tell_anonymously(handle, drain{});
      sent = true;
      while (go)
        tell_anonymously(handle, drain{});
    }};
    while (!sent)
      std::this_thread::yield();
  }

  gateway_actor::behavior_type make_behavior() {
    return {[](drain) {}};
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(early_message)

BOOST_AUTO_TEST_CASE(an_actor_may_be_sent_to_while_it_is_made) {
  caf::actor_system_config cfg;
  cfg.set("caf.scheduler.max-threads", 1);
  enable_actor_metrics(cfg);
  caf::actor_system system{cfg};
  for (int i = 0; i < 300; ++i) {
    std::atomic<bool> go = true;
    std::thread sender;
    auto actor = actor_home{system}.spawn<gateway_actor, early_state>(
      std::ref(go), std::ref(sender));
    go = false;
    sender.join();
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace weir
