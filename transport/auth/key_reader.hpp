#pragma once

#include "transport/auth/openssl_handles.hpp"
#include "transport/auth/verification_key.hpp"

namespace weir::auth {

/// Makes keys of what was read, as far as they are good enough.
struct key_reader {
  /// The first complaint counts.
  void complain(std::string problem) {
    if (result.problem.empty())
      result.problem = std::move(problem);
  }

  /// Takes an OpenSSL key, or complains.
  void add(pkey_handle key, std::string id = {},
           std::optional<algorithm> only = std::nullopt);

  static verification_key make_secret(std::string secret);

  read_keys result;
};

/// A public key of a key set, by its members; null: they are none.
pkey_handle rsa_key(std::string_view n, std::string_view e);
pkey_handle ec_key(key_type curve, std::string_view x, std::string_view y);
pkey_handle edwards_key(std::string_view curve, std::string_view x);

} // namespace weir::auth
