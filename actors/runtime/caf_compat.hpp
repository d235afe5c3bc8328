#pragma once

// The only file that knows which CAF we build against.

#include <caf/actor_cast.hpp>
#include <caf/config.hpp>
#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace weir {

/// Sends a message.
template <class Self, class Handle, class... Ts>
void tell(Self* self, const Handle& to, Ts&&... xs) {
#if CAF_MAJOR_VERSION < 1
  self->send(to, std::forward<Ts>(xs)...);
#else
  self->mail(std::forward<Ts>(xs)...).send(to);
#endif
}

/// Sends a message that no actor has sent: from a thread of librdkafka's, or
/// from the end of a lease.
template <class Handle, class... Ts>
void tell_anonymously(const Handle& to, Ts&&... xs) {
#if CAF_MAJOR_VERSION < 1
  caf::anon_send(to, std::forward<Ts>(xs)...);
#else
  caf::anon_mail(std::forward<Ts>(xs)...).send(to);
#endif
}

/// Sends one message object to one of many receivers, without a copy of it.
/// Requires: the receiver's interface takes it.
template <class Self, class Handle>
void tell_shared(Self* self, const Handle& to, const caf::message& content) {
  auto receiver = caf::actor_cast<caf::actor_control_block*>(to);
  receiver->enqueue(caf::make_mailbox_element(
                      self->ctrl(), caf::make_message_id(), {}, content),
                    self->context());
}

/// Calls `state.on_down(address, reason)` once `whom` has terminated.
template <class State, class Handle>
void watch(State& state, const Handle& whom) {
#if CAF_MAJOR_VERSION < 1
  state.self->set_down_handler([&state](const caf::down_msg& msg) {
    state.on_down(msg.source, msg.reason);
  });
  state.self->monitor(whom);
#else
  state.self->monitor(whom,
                      [&state, addr = whom.address()](const caf::error& why) {
                        state.on_down(addr, why);
                      });
#endif
}

} // namespace weir
