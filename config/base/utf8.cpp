#include "config/base/utf8.hpp"

#include <cassert>
#include <cstdint>
#include <cstring>

namespace weir {

namespace {

constexpr unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

constexpr bool continues(std::string_view text, std::size_t i) {
  return (byte_at(text, i) & 0xc0) == 0x80;
}

// The second byte decides whether a sequence is overlong (e0, f0), a
// surrogate (ed) or beyond U+10FFFF (f4).
constexpr bool second_fits(unsigned char first, unsigned char second) {
  switch (first) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second < 0xa0;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second < 0x90;
    default:
      return true;
  }
}

constexpr std::size_t announced_length(unsigned char first) {
  if (first < 0x80)
    return 1;
  if (first < 0xc2)
    return 0;
  if (first < 0xe0)
    return 2;
  if (first < 0xf0)
    return 3;
  return first < 0xf5 ? 4 : 0;
}

/// Without the ASCII that it begins with, eight bytes at a time.
std::string_view without_ascii(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::uint64_t word = 0;
  std::size_t i = 0;
  for (; i + sizeof(word) <= text.size(); i += sizeof(word)) {
    std::memcpy(&word, text.data() + i, sizeof(word));
    if ((word & high_bits) != 0)
      break;
  }
  while (i < text.size() && byte_at(text, i) < 0x80)
    ++i;
  return text.substr(i);
}

} // namespace

std::size_t utf8_length(std::string_view text) {
  assert(!text.empty());
  auto length = announced_length(byte_at(text, 0));
  if (length > text.size())
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(text, i))
      return 0;
  if (length > 2 && !second_fits(byte_at(text, 0), byte_at(text, 1)))
    return 0;
  return length;
}

char32_t utf8_code_point(std::string_view sequence) {
  assert(utf8_length(sequence) == sequence.size());
  char32_t first = byte_at(sequence, 0);
  if (sequence.size() == 1)
    return first;
  auto result = first & (0xffU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i)
    result = result << 6 | (byte_at(sequence, i) & 0x3fU);
  return result;
}

bool is_utf8(std::string_view text) {
  for (text = without_ascii(text); !text.empty(); text = without_ascii(text)) {
    auto length = utf8_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_utf8(std::string& out, char32_t code_point) {
  assert(code_point < 0xd800 || (code_point > 0xdfff && code_point < 0x110000));
  auto put = [&out](char32_t x) { out += static_cast<char>(x); };
  auto put_rest = [&](int shift) {
    for (; shift >= 0; shift -= 6)
      put(0x80 | ((code_point >> shift) & 0x3f));
  };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | (code_point >> 6));
    put_rest(0);
  } else if (code_point < 0x10000) {
    put(0xe0 | (code_point >> 12));
    put_rest(6);
  } else {
    put(0xf0 | (code_point >> 18));
    put_rest(12);
  }
}

} // namespace weir
