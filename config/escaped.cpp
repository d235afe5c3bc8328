#include "config/escaped.hpp"

#include "config/base/json_string.hpp"
#include "config/base/utf8.hpp"

namespace weir {

namespace {

constexpr bool is_between(char32_t x, char32_t a, char32_t b) {
  return a <= x && x <= b;
}

/// C0, DEL and C1; line and paragraph separators; what changes directions.
constexpr bool is_unfit(char32_t x) {
  return x < 0x20 || is_between(x, 0x7f, 0x9f) || is_between(x, 0x2028, 0x202e)
         || is_between(x, 0x2066, 0x2069) || is_between(x, 0x200e, 0x200f)
         || x == 0x061c || x == 0xfeff;
}

/// What was no UTF-8 is told from what people write.
constexpr bool must_escape(char32_t x) {
  return is_unfit(x) || x == 0xfffd;
}

} // namespace

bool is_plain(std::string_view text) {
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 0 || is_unfit(utf8_code_point(text.substr(0, length))))
      return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_quoted(std::string& out, std::string_view text) {
  append_json_string(out, text, &must_escape);
}

} // namespace weir
