#include "config/node.hpp"

#include <array>
#include <charconv>

namespace weir::config {

namespace {

constexpr std::size_t max_quoted = 80;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Cuts between characters, not within one.
std::string_view shortened(std::string_view text) {
  auto n = max_quoted;
  while (n > 0 && is_continuation(text[n]))
    --n;
  return text.substr(0, n);
}

template <class N>
std::string number_text(N x) {
  std::array<char, 32> buffer;
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr;
  return {buffer.data(), end};
}

struct describer {
  std::string operator()(const node::table&) const { return "a table"; }
  std::string operator()(const node::array&) const { return "a list"; }
  std::string operator()(const std::string& x) const {
    return "the string " + in_quotes(x);
  }
  std::string operator()(std::int64_t x) const {
    return "the integer " + number_text(x);
  }
  std::string operator()(double x) const {
    return "the number " + number_text(x);
  }
  std::string operator()(bool x) const { return x ? "true" : "false"; }
  std::string operator()(const untyped& x) const { return in_quotes(x.text); }
  std::string operator()(const unsupported& x) const { return x.text; }
};

struct property_writer {
  std::string operator()(const node::table&) const { return {}; }
  std::string operator()(const node::array&) const { return {}; }
  std::string operator()(const std::string& x) const { return x; }
  std::string operator()(std::int64_t x) const { return number_text(x); }
  std::string operator()(double x) const { return number_text(x); }
  std::string operator()(bool x) const { return x ? "true" : "false"; }
  std::string operator()(const untyped& x) const { return x.text; }
  std::string operator()(const unsupported& x) const { return x.text; }
};

} // namespace

std::string in_quotes(std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  auto cut = text.size() > max_quoted;
  std::string result = "\"";
  for (auto c : cut ? shortened(text) : text) {
    if (is_control(c)) {
      result += "\\x";
      result += digits[static_cast<unsigned char>(c) >> 4];
      result += digits[static_cast<unsigned char>(c) & 0x0f];
    } else {
      result += c;
    }
  }
  return result + (cut ? "...\"" : "\"");
}

std::string describe(const node& x) {
  return std::visit(describer{}, x.value);
}

std::string to_property(const node& x) {
  return std::visit(property_writer{}, x.value);
}

} // namespace weir::config
