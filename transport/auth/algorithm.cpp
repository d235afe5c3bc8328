#include "transport/auth/algorithm.hpp"

#include <array>

namespace weir::auth {

namespace {

/// In the order of the enumerators.
constexpr std::array<algorithm_traits, 13> all{{
  {"RS256", key_type::rsa, "SHA256", 32},
  {"RS384", key_type::rsa, "SHA384", 48},
  {"RS512", key_type::rsa, "SHA512", 64},
  {"PS256", key_type::rsa, "SHA256", 32, true},
  {"PS384", key_type::rsa, "SHA384", 48, true},
  {"PS512", key_type::rsa, "SHA512", 64, true},
  {"ES256", key_type::p256, "SHA256", 32},
  {"ES384", key_type::p384, "SHA384", 48},
  {"ES512", key_type::p521, "SHA512", 64},
  {"EdDSA", key_type::edwards, nullptr, 64},
  {"HS256", key_type::secret, "SHA256", 32},
  {"HS384", key_type::secret, "SHA384", 48},
  {"HS512", key_type::secret, "SHA512", 64},
}};

} // namespace

const algorithm_traits& traits_of(algorithm x) {
  return all[static_cast<std::size_t>(x)];
}

std::optional<algorithm> algorithm_of(std::string_view name) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name)
      return static_cast<algorithm>(i);
  return std::nullopt;
}

std::size_t coordinate_size(key_type x) {
  switch (x) {
    case key_type::p256:
      return 32;
    case key_type::p384:
      return 48;
    case key_type::p521:
      return 66;
    default:
      return 0;
  }
}

} // namespace weir::auth
