// The strings of json_slice.hpp: text <-> literal.

#include "config/base/json_string.hpp"

#include "config/base/utf8.hpp"
#include "transport/socketio/json_slice.hpp"

#include <charconv>

namespace weir::json {

namespace {

constexpr bool is_high_surrogate(char32_t x) {
  return x >= 0xd800 && x < 0xdc00;
}

constexpr bool is_low_surrogate(char32_t x) {
  return x >= 0xdc00 && x < 0xe000;
}

/// Cuts the four digits behind \u off.
char32_t pop_hex(std::string_view& text) {
  std::uint32_t result = 0;
  std::from_chars(text.data(), text.data() + 4, result, 16);
  text.remove_prefix(4);
  return result;
}

/// Cuts what follows \u off and appends it; false: an unpaired surrogate.
bool append_code_point(std::string& out, std::string_view& text) {
  auto x = pop_hex(text);
  if (is_low_surrogate(x))
    return false;
  if (is_high_surrogate(x)) {
    if (!text.starts_with("\\u"))
      return false;
    text.remove_prefix(2);
    auto low = pop_hex(text);
    if (!is_low_surrogate(low))
      return false;
    x = 0x10000 + ((x - 0xd800) << 10) + (low - 0xdc00);
  }
  append_utf8(out, x);
  return true;
}

char unescaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c; // quote, backslash, slash
  }
}

/// Control characters, among them U+001E, which separates packets.
constexpr bool is_control(char32_t x) {
  return x < 0x20;
}

} // namespace

std::optional<std::string> string_value(std::string_view value) {
  if (value.size() < 2 || value.front() != '"')
    return std::nullopt;
  auto text = value.substr(1, value.size() - 2);
  std::string result;
  for (;;) {
    auto plain = text.substr(0, text.find('\\'));
    result += plain;
    text.remove_prefix(plain.size());
    if (text.empty())
      return result;
    auto code = text[1];
    text.remove_prefix(2);
    if (code != 'u')
      result += unescaped(code);
    else if (!append_code_point(result, text))
      return std::nullopt;
  }
}

void append_string(std::string& out, std::string_view text) {
  append_json_string(out, text, &is_control);
}

} // namespace weir::json
