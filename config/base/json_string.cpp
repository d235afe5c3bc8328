#include "config/base/json_string.hpp"

#include "config/base/utf8.hpp"

#include <cassert>
#include <cstddef>

namespace weir {

namespace {

constexpr bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void append_escape(std::string& out, char32_t x) {
  assert(x <= 0xffff);
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (auto shift : {12U, 8U, 4U, 0U})
    out += digits[x >> shift & 0xfU];
}

/// Appends the character at the front of `text`, and cuts it off.
void append_special(std::string& out, std::string_view& text,
                    bool (*must_escape)(char32_t)) {
  constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD
  auto length = utf8_length(text);
  auto character = length == 0 ? replacement : text.substr(0, length);
  auto code = utf8_code_point(character);
  if (must_escape(code))
    append_escape(out, code);
  else if (code == '"' || code == '\\')
    (out += '\\') += character;
  else
    out += character;
  text.remove_prefix(length == 0 ? 1 : length);
}

} // namespace

void append_json_string(std::string& out, std::string_view text,
                        bool (*must_escape)(char32_t)) {
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain]))
      ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty())
      append_special(out, text, must_escape);
  }
  out += '"';
}

} // namespace weir
