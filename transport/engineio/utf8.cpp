#include "transport/engineio/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::engineio {

namespace {

/// Bytes from `i` on that are ASCII, eight at a time.
std::size_t skip_ascii(std::string_view bytes, std::size_t i) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::uint64_t word = 0;
  while (i + sizeof(word) <= bytes.size()) {
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    if ((word & high_bits) != 0)
      break;
    i += sizeof(word);
  }
  while (i < bytes.size() && static_cast<unsigned char>(bytes[i]) < 0x80)
    ++i;
  return i;
}

/// Length of the sequence that `lead` begins, 0 if none; and what its second
/// byte may be: too small is overlong, too large a surrogate or beyond
/// U+10FFFF.
std::size_t sequence(unsigned lead, unsigned& low, unsigned& high) {
  low = 0x80;
  high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF)
    return 2;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (lead == 0xE0)
      low = 0xA0;
    if (lead == 0xED)
      high = 0x9F;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (lead == 0xF0)
      low = 0x90;
    if (lead == 0xF4)
      high = 0x8F;
    return 4;
  }
  return 0;
}

} // namespace

bool is_utf8(std::string_view bytes) {
  auto byte = [&](std::size_t i) -> unsigned {
    return static_cast<unsigned char>(bytes[i]);
  };
  for (auto i = skip_ascii(bytes, 0); i < bytes.size();
       i = skip_ascii(bytes, i)) {
    unsigned low = 0;
    unsigned high = 0;
    auto n = sequence(byte(i), low, high);
    if (n == 0 || n > bytes.size() - i)
      return false;
    if (byte(i + 1) < low || byte(i + 1) > high)
      return false;
    for (std::size_t j = 2; j < n; ++j)
      if ((byte(i + j) & 0xC0U) != 0x80)
        return false;
    i += n;
  }
  return true;
}

} // namespace weir::engineio
