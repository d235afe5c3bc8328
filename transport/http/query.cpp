#include "transport/http/query.hpp"

#include <algorithm>
#include <charconv>

namespace weir::http {

target split_target(std::string_view x) {
  auto path = x.substr(0, x.find('?'));
  return {path, x.substr(std::min(x.size(), path.size() + 1))};
}

namespace {

/// The byte that `x` begins with as %XX; nothing: it does not.
std::optional<char> escaped_byte(std::string_view x) {
  unsigned char byte = 0;
  auto digits = x.substr(std::min<std::size_t>(1, x.size()), 2);
  auto [stop, error] = std::from_chars(digits.data(),
                                       digits.data() + digits.size(), byte, 16);
  if (!x.starts_with('%') || digits.size() < 2
      || stop != digits.data() + digits.size())
    return std::nullopt;
  return static_cast<char>(byte);
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9')
         || std::string_view{"-._~"}.find(c) != std::string_view::npos;
}

} // namespace

std::optional<std::string> percent_decoded(std::string_view x) {
  std::string text;
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto byte = escaped_byte(x.substr(i));
    if (x[i] == '%' && !byte)
      return std::nullopt;
    text += byte.value_or(x[i]);
    i += byte ? 2 : 0;
  }
  return text;
}

std::string form_decoded(std::string_view x) {
  std::string text;
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto byte = escaped_byte(x.substr(i));
    text += byte.value_or(x[i] == '+' ? ' ' : x[i]);
    i += byte ? 2 : 0;
  }
  return text;
}

std::string form_encoded(std::string_view x) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (auto c : x) {
    auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c))
      result += c;
    else
      (result += '%').append({digits[byte >> 4], digits[byte & 15]});
  }
  return result;
}

std::optional<std::string> parameter(std::string_view query,
                                     std::string_view name) {
  while (!query.empty()) {
    auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    auto key = pair.substr(0, pair.find('='));
    if (form_decoded(key) == name)
      return form_decoded(pair.substr(std::min(pair.size(), key.size() + 1)));
  }
  return std::nullopt;
}

} // namespace weir::http
