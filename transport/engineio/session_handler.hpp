#pragma once

#include "transport/engineio/close_reason.hpp"
#include "transport/engineio/unwanted.hpp"

#include <cstddef>
#include <string_view>

namespace weir::engineio {

/// What a session tells its owner. All calls come on the session's loop; the
/// owner may call the session's control from within them. Views live as long
/// as the call.
class session_handler {
public:
  virtual ~session_handler() = default;

  /// The text of a message packet (without its type digit), valid UTF-8.
  virtual void on_text(std::string_view text) = 0;

  /// The bytes of a binary message packet.
  virtual void on_binary(std::string_view bytes) = 0;

  /// The outbox has drained to half of its limit or less, after it was above,
  /// or after `ask_drained`.
  virtual void on_drained() = 0;

  /// The client has answered a ping: it has got all that was sent before it.
  virtual void on_pong() {}

  /// The node is about to stop: the owner is to finish what it has begun and
  /// to close the session. It is closed anyway a while later.
  virtual void on_stopping() {}

  /// An operator disconnects somebody, permanently. How many of these were
  /// here.
  virtual std::size_t disconnect(const unwanted& whom) {
    static_cast<void>(whom);
    return 0;
  }

  /// The session is over, exactly once; nothing follows. Not called when the
  /// owner itself has closed the session or let go of it.
  virtual void on_closed(close_reason reason) = 0;
};

} // namespace weir::engineio
