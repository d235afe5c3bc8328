#pragma once

#include "transport/auth/algorithm.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st; // OpenSSL's EVP_PKEY

namespace weir::auth {

/// What a token's signature is compared with: a public key, or a secret. It
/// knows what it is, and nothing else is done with it: a public key is never a
/// secret. Immutable; copies share it; thread-safe.
class verification_key {
public:
  /// `kid` of a key set; empty: it has none.
  const std::string& id() const { return id_; }

  /// Whether the algorithm is one for keys like this, and the key's owner wants
  /// it used so.
  bool fits(algorithm x) const;

  /// Whether `signature` is this key's for the bytes. Requires: `fits(x)`.
  bool verifies(algorithm x, std::string_view bytes,
                std::string_view signature) const;

private:
  friend struct key_reader;

  bool verifies_hmac(algorithm x, std::string_view bytes,
                     std::string_view signature) const;
  bool verifies_public(algorithm x, std::string_view bytes,
                       std::string_view signature) const;

  key_type type_ = key_type::secret;
  std::shared_ptr<evp_pkey_st> key_; ///< null: it is the secret
  std::string secret_;
  std::string id_;
  std::optional<algorithm> only_; ///< what a key set says it is for
};

/// The keys that are good, and what is wrong with the first other one.
struct read_keys {
  std::vector<verification_key> keys;
  std::string problem; ///< empty: nothing
};

/// Public keys and certificates, one behind the other.
read_keys keys_from_pem(std::string_view text);

/// A key set (RFC 7517). Keys that are for something else, or of a kind that is
/// not known, are left out, as the standard wants it; secrets and private keys
/// do not belong there and are a problem, as are weak keys.
read_keys keys_from_jwks(std::string_view text);

/// As it is, for HMAC. Requires: as many bytes as the hash, at least.
verification_key key_from_secret(std::string secret);

/// Bits of an RSA key, at least (RFC 7518, section 3.3).
inline constexpr int min_rsa_bits = 2048;

} // namespace weir::auth
