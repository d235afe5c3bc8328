#pragma once

#include "config/options/mapping.hpp"
#include "config/options/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

enum class local_target {
  room,   ///< to the room's members, best effort
  sender, ///< back to the socket
  none,   ///< delivered to nobody; the ack is the answer
};

enum class local_ack {
  none, ///< no answer to an ack that is asked for, but for a refusal
  echo, ///< the ack carries the arguments
};

/// [[namespace.local]]: events that never touch Kafka.
struct local_options {
  std::vector<std::string> events;
  local_target to = local_target::room;
  /// As in a mapping; required for `to = "room"`, and only for that.
  std::string room_from;
  /// Delivered under this name; empty: the event's own.
  std::string as;
  local_ack ack = local_ack::none;
  std::uint32_t line = 0;

  bool operator==(const local_options&) const = default;
};

/// on_connect: emitted to a new socket.
struct on_connect_options {
  std::string event;
  /// The only source of arguments: the CONNECT packet's payload.
  std::string args = "handshake";
  /// It comes first, whatever else the socket gets. While there is nothing
  /// else it may wait so long behind the answer to CONNECT, for clients that
  /// lose what comes in one segment with it. At most a second.
  milliseconds delay{0};

  bool operator==(const on_connect_options&) const = default;
};

/// Whether a namespace asks who a client is.
enum class auth_policy {
  /// With [auth.jwt] or `certificate_user`: nobody without a token or a
  /// certificate; else it is `none`.
  required,
  optional, ///< without either the client is nobody; bad ones are refused
  none,     ///< nobody is asked
};

/// [[namespace]].
struct namespace_options {
  std::string name = "/";
  auth_policy auth = auth_policy::required;
  /// What the endpoint of [auth.webhook] is asked, too: "connect" (who may
  /// enter), "join" (who may be in a room).
  std::vector<std::string> webhook;
  /// A client that reconnects within this time gets what it missed (connection
  /// state recovery); 0: off. At most 24 hours; needs `cluster.secret`.
  milliseconds recovery{0};
  /// Where the payload of a socket's CONNECT carries the trace of those events
  /// that bring none: a JSON pointer, and there what `trace_from` of a mapping
  /// finds. Empty: nowhere.
  std::string trace_from;
  std::string join_event = "join";
  std::string leave_event = "leave";
  std::optional<on_connect_options> on_connect;
  std::vector<mapping_options> mappings;
  std::vector<local_options> locals;
  std::uint32_t line = 0;

  bool operator==(const namespace_options&) const = default;
};

} // namespace weir
