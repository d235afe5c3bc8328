#pragma once

#include "config/options/tls.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// [admin]: the operator's endpoint.
struct admin_options {
  /// `address:port`; loopback unless a token protects it.
  std::string listen = "127.0.0.1:9300";
  /// Expected as `Authorization: Bearer <token>`; empty: none. Never logged.
  std::string token;
  /// A file that holds it, whose last line break does not count.
  std::string token_file;
  /// The folder with the built page of the official Socket.IO Admin UI, served
  /// at `/ui/` of this port; empty: neither the page nor what it asks is there.
  std::string ui;
  /// Who logs in there, with a password of which this is the bcrypt hash. An
  /// empty hash: whoever comes from this machine.
  std::string ui_user = "admin";
  std::string ui_password;
  /// A file that holds the hash, whose last line break does not count.
  std::string ui_password_file;
  /// Other origins from which the page may come, exact ones.
  std::vector<std::string> ui_origins;
  /// The page shows, and changes nothing.
  bool ui_read_only = false;
  /// The page lists each socket, room and what becomes of them while the
  /// cluster has at most so many sockets; beyond, it gets counts alone. 0:
  /// counts alone.
  std::uint32_t ui_sockets = 5'000;
  tls_options tls;

  bool operator==(const admin_options&) const = default;
};

} // namespace weir
