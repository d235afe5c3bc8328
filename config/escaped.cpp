#include "config/escaped.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace weir {

namespace {

constexpr std::uint32_t replacement = 0xfffd;

struct character {
  std::uint32_t code = replacement;
  std::size_t size = 1;
  bool is_valid = false;
};

constexpr bool is_between(std::uint32_t x, std::uint32_t a, std::uint32_t b) {
  return a <= x && x <= b;
}

/// The first character of a text that is not empty.
character first_of(std::string_view text) {
  auto byte = [text](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  auto lead = byte(0);
  if (lead < 0x80)
    return {lead, 1, true};
  std::size_t size = is_between(lead, 0xc2, 0xdf)   ? 2
                     : is_between(lead, 0xe0, 0xef) ? 3
                     : is_between(lead, 0xf0, 0xf4) ? 4
                                                    : 0;
  if (size == 0 || text.size() < size)
    return {};
  auto code = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80)
      return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (code < least[size] || is_between(code, 0xd800, 0xdfff) || code > 0x10ffff)
    return {};
  return {code, size, true};
}

/// C0, DEL and C1; line and paragraph separators; what changes directions.
constexpr bool is_unfit(std::uint32_t x) {
  return x < 0x20 || is_between(x, 0x7f, 0x9f) || is_between(x, 0x2028, 0x202e)
         || is_between(x, 0x2066, 0x2069) || is_between(x, 0x200e, 0x200f)
         || x == 0x061c || x == 0xfeff;
}

} // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    auto x = first_of(text);
    if (!x.is_valid)
      return false;
    text.remove_prefix(x.size);
  }
  return true;
}

bool is_plain(std::string_view text) {
  while (!text.empty()) {
    auto x = first_of(text);
    if (!x.is_valid || is_unfit(x.code))
      return false;
    text.remove_prefix(x.size);
  }
  return true;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    auto x = first_of(text);
    if (!x.is_valid || is_unfit(x.code)) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", x.code);
      out += escaped.data();
    } else {
      if (x.code == '"' || x.code == '\\')
        out += '\\';
      out += text.substr(0, x.size);
    }
    text.remove_prefix(x.size);
  }
  out += '"';
}

} // namespace weir
