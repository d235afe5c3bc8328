#pragma once

#include "config/options/units.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace weir {

/// [engineio]: the transport protocol (Engine.IO v4).
struct engineio_options {
  /// From one pong to the next ping.
  milliseconds ping_interval = seconds{25};
  /// A ping must be answered within this time.
  milliseconds ping_timeout = seconds{20};
  /// An upgrade to WebSocket must be complete within this time.
  milliseconds upgrade_timeout = seconds{10};
  /// Bytes of a polling request's body or of a WebSocket message, at most.
  std::size_t max_payload = 1'000'000;
  /// What clients may use: "polling", "websocket".
  std::vector<std::string> transports = {"polling", "websocket"};

  bool operator==(const engineio_options&) const = default;
};

} // namespace weir
