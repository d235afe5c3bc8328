#include "transport/socketio/utf8.hpp"

namespace weir {

namespace {

constexpr unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

constexpr bool continues(std::string_view text, std::size_t i) {
  return (byte_at(text, i) & 0xc0) == 0x80;
}

// The second byte decides whether a sequence is overlong (e0, f0), a
// surrogate (ed) or beyond U+10FFFF (f4); see table 3-7 of the standard.
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

} // namespace

std::size_t utf8_length(std::string_view text) {
  const auto length = announced_length(byte_at(text, 0));
  if (length > text.size())
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(text, i))
      return 0;
  if (length > 2 && !second_fits(byte_at(text, 0), byte_at(text, 1)))
    return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto put = [&out](char32_t x) { out += static_cast<char>(x); };
  const auto put_rest = [&](int shift) {
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
