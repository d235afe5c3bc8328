#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::auth {

/// The signatures of RFC 7518 and RFC 8037. There is no "none".
enum class algorithm {
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  eddsa,
  hs256,
  hs384,
  hs512,
};

/// What an algorithm's key is.
enum class key_type {
  rsa,
  p256,
  p384,
  p521,
  edwards, ///< Ed25519 or Ed448
  secret,
};

/// What there is to know of an algorithm.
struct algorithm_traits {
  std::string_view name;
  key_type key;
  /// As OpenSSL calls it; null: the algorithm has its own.
  const char* hash;
  std::size_t hash_size;
  bool has_pss = false;
};

const algorithm_traits& traits_of(algorithm x);

/// By its exact name.
std::optional<algorithm> algorithm_of(std::string_view name);

/// Bytes of a coordinate of the curve; 0: it is none.
std::size_t coordinate_size(key_type x);

} // namespace weir::auth
