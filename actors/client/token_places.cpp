#include "actors/client/token_places.hpp"

#include "transport/http/query.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>

namespace weir {

namespace {

std::string_view trimmed(std::string_view x) {
  while (x.starts_with(' ') || x.starts_with('\t'))
    x.remove_prefix(1);
  while (x.ends_with(' ') || x.ends_with('\t'))
    x.remove_suffix(1);
  return x;
}

std::string in_payload(std::string_view payload, std::string_view pointer) {
  auto value = payload.empty() ? std::nullopt : json::at(payload, pointer);
  return value ? json::string_value(*value).value_or("") : std::string{};
}

/// RFC 6750, section 2.1; the scheme's name in any case.
std::string in_header(std::string_view header) {
  constexpr std::string_view scheme = "bearer ";
  auto is_scheme
    = header.size() > scheme.size()
      && std::equal(scheme.begin(), scheme.end(), header.begin(),
                    [](char x, char y) {
                      return x == (y >= 'A' && y <= 'Z' ? y | 0x20 : y);
                    });
  return std::string{is_scheme ? trimmed(header.substr(scheme.size())) : ""};
}

/// Of `a=b; name=value`.
std::string in_cookies(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    auto pair = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), pair.size() + 1));
    auto equals = pair.find('=');
    if (equals == std::string_view::npos
        || trimmed(pair.substr(0, equals)) != name)
      continue;
    auto value = trimmed(pair.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
      value = value.substr(1, value.size() - 2);
    return std::string{value};
  }
  return {};
}

std::string at(std::string_view place, std::string_view payload,
               const engineio::handshake_info& handshake) {
  auto name = place.substr(place.find(':') + 1); // npos + 1: 0
  if (place.starts_with("auth:"))
    return in_payload(payload, name);
  if (place.starts_with("cookie:"))
    return in_cookies(handshake.header("cookie"), name);
  if (place.starts_with("query:"))
    return http::parameter(http::split_target(handshake.url).query, name)
      .value_or("");
  return in_header(handshake.header("authorization"));
}

} // namespace

std::string find_token(const std::vector<std::string>& places,
                       std::string_view payload,
                       const engineio::handshake_info& handshake) {
  for (auto& place : places)
    if (auto token = at(place, payload, handshake); !token.empty())
      return token;
  return {};
}

} // namespace weir
