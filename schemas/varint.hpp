#pragma once

// Numbers as Protobuf writes them: seven bits to a byte, the lowest first, and
// the top bit where another byte follows.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::schemas {

constexpr std::size_t max_varint = 10;

/// Writes `x` to `to`, at most `max_varint` bytes; returns the end.
inline char* put_varint(char* to, std::uint64_t x) {
  for (; x >= 0x80; x >>= 7)
    *to++ = static_cast<char>(x | 0x80);
  *to++ = static_cast<char>(x);
  return to;
}

/// Takes a number from the front; nothing if there is none up to `max`. Then
/// how much was taken is unspecified.
inline std::optional<std::uint64_t> take_varint(std::string_view& from,
                                                std::uint64_t max) {
  std::uint64_t result = 0;
  for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const std::uint64_t byte = static_cast<unsigned char>(from.front());
    from.remove_prefix(1);
    auto bits = byte & 0x7f;
    if (bits << shift >> shift != bits)
      return std::nullopt;
    result |= bits << shift;
    if (byte < 0x80)
      return result <= max ? std::optional{result} : std::nullopt;
  }
  return std::nullopt;
}

} // namespace weir::schemas
