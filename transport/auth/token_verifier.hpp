#pragma once

#include "config/options/jwt.hpp"
#include "transport/auth/key_set.hpp"
#include "transport/auth/token_error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::auth {

/// What a token says, once it is verified.
struct token_claims {
  std::string json;         ///< an object: all claims, as they were signed
  std::string user;         ///< valid UTF-8, 1 to `max_user` bytes
  std::int64_t expires = 0; ///< seconds since 1970; not negative
  std::string id{};         ///< `jti`; empty: it has none

  bool operator==(const token_claims&) const = default;
};

struct token_result {
  token_errc error = token_errc::none;
  token_claims claims; ///< unless there is an error
};

/// Says whether a token counts (RFC 7519), by the rules of RFC 8725: which
/// algorithms there are is for the configuration to say and never for the
/// token, a key is used only for what it is, and what is not verified is not
/// believed. Immutable, thread-safe; the time is given.
class token_verifier {
public:
  explicit token_verifier(const jwt_options& settings);

  /// `now`: seconds since 1970.
  token_result verify(std::string_view token, const key_set& keys,
                      std::int64_t now) const;

  /// How long a token counts after its `exp`: for how far clocks may differ.
  std::int64_t leeway() const { return leeway_; }

private:
  /// Of claims whose signature is right.
  token_result check_claims(std::string text, std::int64_t now) const;

  std::vector<algorithm> allowed_;
  std::string issuer_;
  std::vector<std::string> audience_;
  std::int64_t leeway_;
  std::string user_;
  std::size_t max_size_;
};

} // namespace weir::auth
