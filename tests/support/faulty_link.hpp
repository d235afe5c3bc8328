#pragma once

#include "actors/contract/ownership.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "tests/support/interleaving.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace weir::test {

using link_actor = partition_consumer_actor::extend_with<subscriber_actor>;

/// What all links of a test share.
struct link_faults {
  interleaving choice;
  bool healed = false;
  int dropped = 0, doubled = 0, reordered = 0;
};

/// Stands between a PARTITION CONSUMER and an OUTBOUND ROUTER, as the other for
/// either, and loses, doubles and reorders batches.
struct faulty_link_state {
  static inline const char* name = "test.faulty-link";

  faulty_link_state(link_actor::pointer self, partition_consumer_actor consumer,
                    std::shared_ptr<link_faults> faults)
    : self(self), consumer(std::move(consumer)), faults(std::move(faults)) {}

  link_actor::behavior_type make_behavior() {
    return {
      [this](subscribe& x) {
        router = std::exchange(x.subscriber, subscriber_actor{self});
        weir::tell(self, consumer, std::move(x));
      },
      [this](const add_keys& x) { weir::tell(self, consumer, x); },
      [this](const remove_keys& x) { weir::tell(self, consumer, x); },
      [this](const unsubscribe& x) { weir::tell(self, consumer, x); },
      [this](const grant_credit& x) { weir::tell(self, consumer, x); },
      [this](const relay_event& x) { weir::tell(self, consumer, x); },
      [](records_ready) {},
      [](revoke_partition) { return commit_position{}; },
      [this](const record_batch& x) { on_batch(x); },
      [this](const keys_added& x) { on_answer(x); },
      [this](const local_event& x) { weir::tell(self, router, x); },
    };
  }

  void on_batch(const record_batch& x) {
    auto& choice = faults->choice;
    auto has_fault = !faults->healed && choice.once_in(6);
    auto fault = has_fault ? choice.below(3) : 3;
    faults->dropped += fault == 0;
    faults->doubled += fault == 1;
    faults->reordered += fault == 2;
    if (fault == 2 && !held) {
      held = x; // goes after its successor
      return;
    }
    for (auto copies = fault == 0   ? 0
                       : fault == 1 ? 2
                                    : 1;
         copies > 0; --copies)
      weir::tell(self, router, x);
    release();
  }

  /// It may name another log: then what is behind it is of that, and what is
  /// before it is not.
  void on_answer(const keys_added& x) {
    release();
    weir::tell(self, router, x);
  }

  void release() {
    if (auto x = std::exchange(held, {}))
      weir::tell(self, router, *x);
  }

  link_actor::pointer self;
  partition_consumer_actor consumer;
  std::shared_ptr<link_faults> faults;
  subscriber_actor router;
  std::optional<record_batch> held;
};

} // namespace weir::test
