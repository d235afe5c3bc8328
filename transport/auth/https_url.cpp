#include "transport/auth/https_url.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace weir::auth {

namespace {

bool is_graphic(char c) {
  return c > 0x20 && c < 0x7f;
}

bool is_port(std::string_view x) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(x.data(), x.data() + x.size(), port);
  return error == std::errc{} && end == x.data() + x.size() && port > 0;
}

bool is_host(std::string_view x, bool is_ipv6) {
  return !x.empty() && std::all_of(x.begin(), x.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '.'
           || (is_ipv6 ? c == ':' : c == '-' || c == '_');
  });
}

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

/// Whether the text named one.
bool has_port(const https_url& x) {
  return x.authority.ends_with(":" + x.port);
}

/// What is behind `https://` or `http://`.
std::optional<https_url> parse_behind_scheme(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_graphic))
    return std::nullopt;
  text = text.substr(0, text.find('#'));
  auto authority = text.substr(0, text.find_first_of("/?"));
  auto target = text.substr(authority.size());
  auto is_ipv6 = authority.starts_with('[');
  auto end = is_ipv6 ? std::min(authority.find(']'), authority.size() - 1) + 1
                     : std::min(authority.find(':'), authority.size());
  https_url result;
  auto host = authority.substr(0, end);
  if (is_ipv6 && !host.ends_with(']'))
    return std::nullopt;
  if (is_ipv6)
    host = host.substr(1, host.size() - 2);
  if (auto rest = authority.substr(end); !rest.empty()) {
    if (!rest.starts_with(':') || !is_port(rest.substr(1)))
      return std::nullopt;
    result.port = rest.substr(1);
  }
  if (!is_host(host, is_ipv6))
    return std::nullopt;
  result.host = host;
  result.target = (target.starts_with('/') ? "" : "/") + std::string{target};
  result.authority = authority;
  return result;
}

} // namespace

std::optional<https_url> parse_https_url(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  return text.starts_with(scheme)
           ? parse_behind_scheme(text.substr(scheme.size()))
           : std::nullopt;
}

std::optional<https_url> parse_collector_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme))
    return parse_https_url(text);
  auto result = parse_behind_scheme(text.substr(scheme.size()));
  if (!result)
    return std::nullopt;
  result->is_secure = false;
  if (!has_port(*result))
    result->port = "80";
  return result;
}

std::optional<https_url> parse_webhook_url(std::string_view text) {
  auto result = parse_collector_url(text);
  if (result && !result->is_secure && !is_this_machine(result->host))
    return std::nullopt;
  return result;
}

} // namespace weir::auth
