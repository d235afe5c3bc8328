#include "transport/auth/cache_control.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace weir::auth {

namespace {

using std::chrono::seconds;

std::string_view trimmed(std::string_view x) {
  while (!x.empty() && (x.front() == ' ' || x.front() == '\t'))
    x.remove_prefix(1);
  while (!x.empty() && (x.back() == ' ' || x.back() == '\t'))
    x.remove_suffix(1);
  return x;
}

/// Names of directives are in any case.
bool is_named(std::string_view x, std::string_view name) {
  return std::equal(x.begin(), x.end(), name.begin(), name.end(),
                    [](char a, char b) {
                      return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b;
                    });
}

/// What is too large for a number is as long as one can be.
std::optional<seconds> seconds_of(std::string_view x) {
  std::uint32_t n = 0;
  if (x.size() >= 2 && x.front() == '"' && x.back() == '"')
    x = x.substr(1, x.size() - 2);
  auto [end, e] = std::from_chars(x.data(), x.data() + x.size(), n);
  if (end != x.data() + x.size() || e == std::errc::invalid_argument)
    return std::nullopt;
  if (e == std::errc::result_out_of_range)
    n = std::numeric_limits<std::uint32_t>::max();
  return seconds{n};
}

} // namespace

std::optional<seconds> max_age(std::string_view text) {
  std::optional<seconds> result;
  while (!text.empty()) {
    auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    auto equals = std::min(part.find('='), part.size());
    auto name = trimmed(part.substr(0, equals));
    if (is_named(name, "no-store") || is_named(name, "no-cache"))
      return seconds{0};
    if (is_named(name, "max-age") && !result)
      result
        = seconds_of(trimmed(part.substr(std::min(part.size(), equals + 1))));
  }
  return result;
}

} // namespace weir::auth
