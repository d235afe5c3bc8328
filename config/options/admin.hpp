#pragma once

#include "config/options/tls.hpp"

#include <string>

namespace weir {

/// [admin]: the operator's endpoint.
struct admin_options {
  /// `address:port`; loopback unless a token protects it.
  std::string listen = "127.0.0.1:9300";
  /// Expected as `Authorization: Bearer <token>`; empty: none. Never logged.
  std::string token;
  /// A file that holds it, whose last line break does not count.
  std::string token_file;
  tls_options tls;

  bool operator==(const admin_options&) const = default;
};

} // namespace weir
