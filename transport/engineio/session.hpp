#pragma once

// The life of one session, without I/O: packets, transport events and points
// in time go in, decisions come out. `session_io` carries them out.
//
//   opening ──attach──► open ──close──► closing ──finish──► closed
//      └── no owner in time ┴── decision `close` ───────────────▲
//
//   while open over polling:   begin_probe ─► `2probe` ─► `5` ─► websocket
//
// Opening: the open packet is out, but nobody has taken the session yet.
// Closing: the owner has closed it, what is queued may still leave.

#include "config/options/engineio.hpp"
#include "transport/engineio/close_reason.hpp"
#include "transport/engineio/packet.hpp"

#include <chrono>
#include <cstdint>

namespace weir::engineio {

enum class session_state : std::uint8_t { opening, open, closing, closed };

enum class transport_kind : std::uint8_t { polling, websocket };

/// What is to be done now.
enum class action : std::uint8_t {
  nothing,
  deliver,      ///< hand the message packet to the owner
  tell_alive,   ///< a ping was answered: the owner may want to know
  send_ping,    ///< queue a ping
  send_noop,    ///< answer a pending GET with a noop, if there is one
  answer_probe, ///< write `3probe` to the probing WebSocket
  upgrade,      ///< the probing WebSocket takes over, with all that is queued
  drop_probe,   ///< close the probing WebSocket; the session continues
  close,        ///< the session is over, because of `reason`
};

struct decision {
  action what = action::nothing;
  close_reason reason = close_reason::forced_close; ///< of `close`

  friend bool operator==(const decision&, const decision&) = default;
};

class session {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// While a probe continues, a GET is not kept waiting longer than this: the
  /// client upgrades only when its last GET has been answered.
  static constexpr auto noop_interval = std::chrono::milliseconds{100};

  /// `settings` must outlive the session.
  session(const engineio_options& settings, transport_kind transport,
          time_point now);

  session_state state() const { return state_; }

  transport_kind transport() const { return transport_; }

  /// Whether a WebSocket is trying to take a polling session over.
  bool probing() const { return probe_ != probe_state::none; }

  /// When `on_time` is to be called at the latest.
  time_point deadline() const;

  /// Call until it decides nothing.
  decision on_time(time_point now);

  // -- what the client does ---------------------------------------------------

  /// A packet over the session's own transport; null: bytes that are none.
  decision on_packet(const packet* x, time_point now);

  /// Whether `on_progress` says anything: a pong is waited for.
  bool awaits_progress() const { return pong_due_ && !paused_; }

  /// The client has taken more of what waits for it: it is alive, and may be
  /// far from seeing the ping.
  void on_progress(time_point now);

  /// The session's own transport is gone.
  decision on_transport_closed(close_reason reason);

  /// Whether a WebSocket may try to take the session over.
  bool may_probe() const;

  /// It is there. Requires: `may_probe()`.
  void begin_probe(time_point now);

  /// A packet over the probing WebSocket; null: bytes that are none.
  decision on_probe_packet(const packet* x, time_point now);

  /// The probing WebSocket is gone.
  void on_probe_closed();

  // -- what the owner does ----------------------------------------------------

  void attach();

  /// The client's packets are not seen until `resume`. Pings continue, since
  /// the client counts on them; their pongs are not waited for.
  void pause(time_point now);
  void resume(time_point now);

  /// What is queued may leave for the ping timeout.
  void close(time_point now);

  /// Nothing is left to be done.
  void finish() { state_ = session_state::closed; }

private:
  enum class probe_state : std::uint8_t { none, attached, probed };

  decision end(close_reason reason);
  decision on_heartbeat(time_point now);
  decision on_pong(time_point now);

  const engineio_options* settings_;
  time_point state_until_;  ///< the end of opening and closing
  time_point heartbeat_at_; ///< the next ping; if `pong_due_`, the pong's end
  time_point probe_until_;
  time_point noop_at_;
  session_state state_ = session_state::opening;
  transport_kind transport_;
  probe_state probe_ = probe_state::none;
  bool pong_due_ = false;
  bool extended_ = false; ///< the pong's deadline, by another packet
  bool paused_ = false;
};

} // namespace weir::engineio
