#pragma once

// A signed token in its compact form (RFC 7515, section 7.1):
//
//   base64url(header) "." base64url(claims) "." base64url(signature)

#include "transport/auth/algorithm.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace weir::auth {

/// Its parts, none of which is to be believed before the signature is verified.
/// Of the header nothing else counts: what names or holds keys (`jwk`, `jku`,
/// `x5u`, `x5c`) is the sender's own claim.
struct compact_token {
  std::string algorithm;        ///< as it is named
  std::string key_id;           ///< `kid`; empty: none
  std::string claims;           ///< JSON, not looked at
  std::string signature;        ///< its bytes
  std::string_view signed_part; ///< of the token's text, which outlives this
};

/// Nothing: it is no such token, or asks for what only those understand who
/// know its extensions (`crit`), or is encrypted.
std::optional<compact_token> parse_token(std::string_view text);

} // namespace weir::auth
