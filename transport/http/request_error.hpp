#pragma once

#include <string>
#include <string_view>

namespace weir::http {

/// Why an Engine.IO request is refused; the numbers are the protocol's.
enum class request_error {
  transport_unknown = 0,
  unknown_sid = 1,
  bad_handshake_method = 2,
  bad_request = 3,
  forbidden = 4,
  unsupported_protocol_version = 5,
};

std::string_view to_string(request_error x);

/// The answer's body: `{"code":<number>,"message":"..."}`.
std::string to_json(request_error x);

} // namespace weir::http
