#pragma once

#include <string_view>

namespace weir::auth {

/// Why a token, or a client's certificate, does not count: the closed list that
/// clients see as `code` of a CONNECT_ERROR's data, and metrics as a label.
enum class token_errc {
  none,
  token_missing,            ///< there is none where the configuration looks
  token_too_large,          ///< more than `max_token` bytes
  token_malformed,          ///< no signed token, or with extensions (`crit`)
  algorithm_refused,        ///< signed in a way that is not in `algorithms`
  key_unknown,              ///< no key for its algorithm, or none of its `kid`
  signature_invalid,        ///< not of any key that it could be
  token_expired,            ///< `exp` is over
  token_not_yet_valid,      ///< `nbf` is to come
  claims_invalid,           ///< no `exp`, no user, or of a wrong type
  issuer_refused,           ///< `iss` is another one
  audience_refused,         ///< `aud` is for somebody else
  user_mismatch,            ///< of another user than the socket's
  certificate_missing,      ///< there is none, and no token could be instead
  certificate_expired,      ///< it is over, unlike the TLS session
  certificate_user_missing, ///< no name that `certificate_user` wants
  certificate_user_ambiguous, ///< several
  certificate_user_invalid,   ///< one that is no user's
  revoked,                    ///< the user or the token is denied
  unavailable,                ///< nobody knows just now who is denied
};

inline constexpr auto last_token_errc = token_errc::unavailable;

/// Whether it is a certificate that does not count.
constexpr bool is_of_certificate(token_errc x) {
  return x >= token_errc::certificate_missing
         && x <= token_errc::certificate_user_invalid;
}

/// Its name.
std::string_view to_string(token_errc x);

/// One sentence for logs and acks: what is wrong.
std::string_view explain(token_errc x);

} // namespace weir::auth
