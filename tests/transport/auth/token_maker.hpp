#pragma once

// Signs tokens of any kind, right or wrong.

#include "transport/auth/algorithm.hpp"
#include "transport/auth/openssl_handles.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace weir::test {

std::string to_base64url(std::string_view bytes);

/// A pair of keys, or a secret.
class token_key {
public:
  /// For such a signature.
  static token_key make(auth::algorithm x, int rsa_bits = 2048);
  static token_key of_secret(std::string secret);

  /// What the algorithm's signature of the bytes is, with this key.
  std::string sign(auth::algorithm x, std::string_view bytes) const;

  std::string public_pem() const;
  std::string private_pem() const;

  /// Of RSA and EC, with the members of a key set.
  std::string public_jwk(std::string_view more = "") const;

  const std::string& secret() const { return secret_; }

private:
  std::shared_ptr<EVP_PKEY> key_;
  std::string secret_;
};

/// `{"alg":"..."}`, with more members in front.
std::string header_of(auth::algorithm x, std::string_view more = "");

/// The token of a header and claims, as they are.
std::string make_token(std::string_view header, std::string_view claims,
                       const token_key& key, auth::algorithm x);

} // namespace weir::test
