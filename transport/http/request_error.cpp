#include "transport/http/request_error.hpp"

namespace weir::http {

std::string_view to_string(request_error x) {
  switch (x) {
    case request_error::transport_unknown:
      return "Transport unknown";
    case request_error::unknown_sid:
      return "Session ID unknown";
    case request_error::bad_handshake_method:
      return "Bad handshake method";
    case request_error::bad_request:
      return "Bad request";
    case request_error::forbidden:
      return "Forbidden";
    case request_error::unsupported_protocol_version:
      return "Unsupported protocol version";
  }
  return "Bad request";
}

std::string to_json(request_error x) {
  return R"({"code":)" + std::to_string(static_cast<int>(x)) + R"(,"message":")"
         + std::string{to_string(x)} + R"("})";
}

} // namespace weir::http
