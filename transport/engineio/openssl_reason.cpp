#include "transport/engineio/openssl_reason.hpp"

#include <openssl/err.h>

#include <cstring>

namespace weir::engineio {

std::string openssl_reason() {
  auto first = ERR_peek_error(); // the others say where it was seen
  auto* reason = ERR_SYSTEM_ERROR(first) ? std::strerror(ERR_GET_REASON(first))
                                         : ERR_reason_error_string(first);
  ERR_clear_error();
  return reason == nullptr ? "unknown" : reason;
}

} // namespace weir::engineio
