#include "config/node_tag.hpp"

#include "config/base/base64.hpp"

#include <cstdint>

namespace weir {

namespace {

/// FNV-1a, 32 bits.
std::uint32_t hash_of(std::string_view text) {
  std::uint32_t result = 2'166'136'261;
  for (auto c : text)
    result = (result ^ static_cast<unsigned char>(c)) * 16'777'619;
  return result;
}

} // namespace

std::string node_tag(std::string_view node_name) {
  auto hash = hash_of(node_name);
  // As the hash's authors fold it to 24 bits.
  auto folded = (hash >> 24) ^ (hash & 0xff'ffff);
  std::string result;
  for (int shift = 18; shift >= 0; shift -= 6)
    result += base64url_digits[(folded >> shift) & 63];
  return result;
}

} // namespace weir
