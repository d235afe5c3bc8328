#pragma once

#include <array>
#include <cassert>
#include <concepts>
#include <string>
#include <string_view>

namespace weir {

/// Writes `x` to `to`, most significant byte first; returns the end.
template <std::unsigned_integral T>
char* write_big_endian(char* to, T x) {
  for (auto i = sizeof(T); i-- > 0;)
    *to++ = static_cast<char>(static_cast<unsigned char>(x >> (8 * i)));
  return to;
}

/// Appends `x` likewise.
template <std::unsigned_integral T>
void put_big_endian(std::string& out, T x) {
  std::array<char, sizeof(T)> bytes;
  out.append(bytes.data(), write_big_endian(bytes.data(), x));
}

/// Requires: there are at most as many bytes as a `T` has.
template <std::unsigned_integral T>
T from_big_endian(std::string_view bytes) {
  assert(bytes.size() <= sizeof(T));
  T result = 0;
  for (auto c : bytes)
    result = static_cast<T>(static_cast<T>(result << 8)
                            | static_cast<unsigned char>(c));
  return result;
}

} // namespace weir
