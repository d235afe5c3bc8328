#pragma once

#include "actors/runtime/caf_compat.hpp"

#include <caf/action.hpp>
#include <caf/actor.hpp>
#include <caf/message.hpp>

#include <utility>

namespace weir {

/// Does once what many messages ask for: behind those that the actor has by
/// then. Its state owns it.
class once_per_turn {
public:
  /// Calls `f` before long; nothing, if such a call is due.
  template <class Self, class F>
  void call(Self* self, F f) {
    if (std::exchange(is_due_, true))
      return;
    auto when_due = [this, f = std::move(f)]() mutable {
      is_due_ = false;
      f();
    };
    tell_shared(self, caf::actor_cast<caf::actor>(self),
                caf::make_message(caf::make_action(std::move(when_due))));
  }

private:
  bool is_due_ = false;
};

} // namespace weir
