#pragma once

#include "config/options/units.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// [auth.jwt]: clients show who they are by a token (RFC 7519, as RFC 8725
/// wants it) that somebody else has signed. Without `algorithms` there is none
/// of it, and every client is let in. In a file, files are named as seen from
/// that file's own folder.
struct jwt_options {
  /// Which signatures count: RS256, RS384, RS512, PS256, PS384, PS512, ES256,
  /// ES384, ES512, EdDSA, HS256, HS384, HS512. A token with another one is
  /// refused, whatever its key.
  std::vector<std::string> algorithms;
  /// Files of public keys or certificates (PEM).
  std::vector<std::string> keys;
  /// A file of public keys (JWKS), or the `https://` URL of one.
  std::string jwks;
  /// Of a URL: the authority that its certificate is signed by (PEM); empty:
  /// those that the system trusts.
  std::string jwks_ca;
  /// Of a URL: how long its answer may take, and after which time it is asked
  /// again where its Cache-Control says nothing. The last good answer is kept.
  milliseconds jwks_timeout = seconds{5};
  milliseconds jwks_refresh = std::chrono::minutes{5};
  /// For HS256, HS384 and HS512, at least as long as the hash (32, 48, 64
  /// bytes); in the file, or in one of its own, whose last line break does not
  /// count. Never logged.
  std::string secret;
  std::string secret_file;
  /// What `iss` must be; empty: anything.
  std::string issuer;
  /// One of these must be in `aud`. Empty: a token that is for somebody, is for
  /// somebody else.
  std::vector<std::string> audience;
  /// How far clocks may differ: for `exp` and `nbf`. At most 10 min.
  milliseconds leeway = seconds{30};
  /// Where to look for the token, in this order: "auth:/token" (a JSON pointer
  /// into the payload of CONNECT, what official clients have as `auth`),
  /// "header" (`Authorization: Bearer`), "cookie:name", "query:name".
  std::vector<std::string> token = {"auth:/token"};
  /// Which claim names the user: a JSON pointer. Every token must have it.
  std::string user = "/sub";
  /// Bytes of a token; a larger one is not looked at.
  std::size_t max_token = 8 * kib;
  /// Tokens of one connection that are refused; with the last one it is closed,
  /// since each takes the time of a signature. At most 1,000.
  std::uint32_t max_refused = 10;
  /// So long before a token expires its socket gets `weir:token_expiring`; for
  /// what lives less than twice as long, in the middle.
  milliseconds expiry_notice = seconds{60};

  bool operator==(const jwt_options&) const = default;

  bool is_configured() const { return !algorithms.empty(); }
};

} // namespace weir
