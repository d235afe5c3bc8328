#pragma once

#include "config/options/jwt.hpp"
#include "config/options/units.hpp"
#include "config/options/webhook.hpp"

#include <cstddef>
#include <string>

namespace weir {

/// Which of the names that a client's certificate is for (subjectAltName) is
/// its user.
enum class certificate_name { none, uri, dns, email };

/// [auth]: who clients are.
struct auth_options {
  jwt_options jwt;
  webhook_options webhook;
  /// Whoever shows a certificate (`client_ca` of [server.tls]) is this one of
  /// its names, of which it must have exactly one; `none`: nobody by that.
  certificate_name certificate_user = certificate_name::none;
  /// A compacted topic of who is denied: a record's key is a user or the id of
  /// a token (`jti`); one without a value (a tombstone) lifts it. Empty: none.
  std::string deny_topic;
  /// Bytes of its keys that a node keeps, 64 for each included. With more it
  /// lets nobody in.
  std::size_t deny_memory = 64 * mib;

  bool operator==(const auth_options&) const = default;

  /// Whether clients show who they are. Otherwise everything is allowed.
  bool identifies_clients() const {
    return jwt.is_configured() || certificate_user != certificate_name::none;
  }
};

} // namespace weir
