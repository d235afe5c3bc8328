#pragma once

#include "actors/runtime/caf_compat.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace weir {

/// Lets threads that are not CAF's wake an actor, from the time on when the
/// actor is complete until after its end. librdkafka's threads know an actor
/// as soon as its state has made a client, which is before CAF has finished
/// with the actor: a message then would be a race.
template <class Handle, class Message>
class notifier {
public:
  explicit notifier(const Handle& self)
    : target_(
      std::make_shared<target>(caf::actor_cast<caf::weak_actor_ptr>(self))) {}

  /// What to call; thread-safe. Sends `Message` to the actor.
  std::function<void()> callback() const {
    return [target = target_] {
      if (!target->open.load(std::memory_order_acquire))
        return;
      if (auto strong = caf::actor_cast<caf::strong_actor_ptr>(target->actor))
        tell_anonymously(caf::actor_cast<Handle>(strong), Message{});
    };
  }

  /// Called by the actor's `make_behavior`. One message makes up for
  /// those that came before.
  template <class Self>
  void open(Self* self) {
    target_->open.store(true, std::memory_order_release);
    tell(self, Handle{self}, Message{});
  }

private:
  struct target {
    explicit target(caf::weak_actor_ptr x) : actor(std::move(x)) {}

    caf::weak_actor_ptr actor;
    std::atomic<bool> open{false};
  };

  std::shared_ptr<target> target_;
};

} // namespace weir
