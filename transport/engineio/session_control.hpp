#pragma once

#include "transport/engineio/frames.hpp"
#include "transport/engineio/port_event.hpp"
#include "transport/engineio/session_handler.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace weir::engineio {

struct client_certificate;

/// Facts about the request that began a session.
struct handshake_info {
  std::string sid;
  std::string address; ///< of the peer, without port
  std::string url;     ///< target with query
  /// One per line, "name: value\n", names in lower case; in one string, since
  /// it is kept for as long as the session. Without those that only concern
  /// the connection (upgrade, sec-websocket-*, accept-encoding and the like).
  std::string headers;
  std::chrono::system_clock::time_point time;
  /// Null: the client has shown none, or nobody asks for its user
  /// (`auth.certificate_user`).
  std::shared_ptr<const client_certificate> certificate{};

  /// The value of the first header of that (lower-case) name, or "".
  std::string_view header(std::string_view name) const;

  /// Whether a later request may be of the same client: who has begun by the
  /// certificate of a user shows it with each, over whatever connection.
  bool is_of(std::string_view user) const;
};

/// What the owner of a session may do with it. Not thread-safe: used on the
/// session's loop only, which also sees the last reference go. The session
/// lives until it is closed and that reference is gone.
class session_control {
public:
  virtual ~session_control() = default;

  /// Names the owner; from now on the client's packets are read. Called once.
  /// `handler` must stay valid until `on_closed`, `close` or `detach`. A
  /// session that nobody takes within the ping timeout is closed.
  virtual void attach(session_handler& handler) = 0;

  /// The owner goes away: closes the session and calls the handler no more.
  virtual void detach() = 0;

  /// Queues frames for the client; all of one turn of the loop leave with one
  /// write. A group (a packet and its attachments) must come in one call.
  /// Ignored when the session is closing.
  virtual void send(shared_frames frames) = 0;

  /// Likewise, copied.
  virtual void send(std::string_view frames) = 0;

  /// Bytes queued or being written: what a buffer limit is compared with.
  virtual std::size_t outbox_size() const = 0;

  /// How many there may be now: [limits] outbox, or less where the outboxes of
  /// the node are many.
  virtual std::size_t outbox_limit() const = 0;

  /// Asks for `on_drained` although the outbox was not above its limit.
  /// Requires: it is not empty.
  virtual void ask_drained() = 0;

  /// Stops reading the client's packets: TCP's own flow control holds the
  /// client back. Pongs and closes are not seen meanwhile, so that pongs are
  /// not waited for; pings continue. Polling: a POST is answered only after
  /// `resume_reading`.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  /// Lets queued frames leave (for at most the ping timeout), then closes the
  /// transport so that clients see "transport close" and reconnect.
  virtual void close() = 0;

  /// Likewise, for the client's fault, which is counted and logged.
  virtual void abort(port_event what, std::string_view why) = 0;

  /// "polling" or "websocket", as of now.
  virtual std::string_view transport() const = 0;

  virtual const handshake_info& handshake() const = 0;
};

} // namespace weir::engineio
