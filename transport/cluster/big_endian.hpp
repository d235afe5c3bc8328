#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace weir::cluster {

/// Appends `x`, most significant byte first.
template <std::unsigned_integral T>
void put_big_endian(std::string& out, T x) {
  for (auto i = sizeof(T); i-- > 0;)
    out += static_cast<char>(static_cast<unsigned char>(x >> (8 * i)));
}

/// Requires: `bytes.size() == sizeof(T)`.
template <std::unsigned_integral T>
T from_big_endian(std::string_view bytes) {
  T result = 0;
  for (auto c : bytes)
    result = static_cast<T>(result << 8) | static_cast<unsigned char>(c);
  return result;
}

} // namespace weir::cluster
