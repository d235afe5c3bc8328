#pragma once

#include <string_view>

namespace weir::engineio {

/// Why a session ended; Engine.IO's own names (`to_string`: "transport close").
enum class close_reason {
  transport_close, ///< the client closed, or its connection ended
  transport_error, ///< the connection broke, or misused the transport
  ping_timeout,    ///< no pong in time
  parse_error,     ///< bytes that are no packet
  forced_close,    ///< closed from this side
};

std::string_view to_string(close_reason x);

} // namespace weir::engineio
