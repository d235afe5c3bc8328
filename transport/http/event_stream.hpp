#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace weir::http {

/// A room, and the client that is to be in it.
struct event_stream_options {
  std::string url = "http://127.0.0.1:3000"; ///< the port of clients
  std::string path = "/socket.io/";
  std::string nsp = "/";
  std::string auth{}; ///< what it connects with: JSON; empty: nothing
  std::string join{}; ///< its join: a JSON array, the event's name first
  std::string ca{};   ///< as `admin_target::ca`
  std::chrono::milliseconds timeout{10'000}; ///< for each step until it is in
};

struct stream_end {
  std::string why;         ///< empty: it was enough
  bool is_refused = false; ///< by the node
};

/// Joins a room as a client of Socket.IO, over a WebSocket, and waits: for
/// programs that do nothing else meanwhile. `on_event` gets each event, a JSON
/// array with its name first, without its attachments; false: that is enough.
stream_end follow_events(const event_stream_options& x,
                         const std::function<bool(std::string_view)>& on_event);

} // namespace weir::http
