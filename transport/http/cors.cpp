#include "transport/http/cors.hpp"

#include <algorithm>
#include <utility>

namespace weir::http {

namespace {

bool has(const cors_options& settings, std::string_view origin) {
  auto& all = settings.origins;
  return std::find(all.begin(), all.end(), origin) != all.end();
}

/// Host and port of an origin, or of a request to it, in one way.
std::string normal_host(std::string_view host, std::string_view default_port) {
  if (host.ends_with(default_port))
    host.remove_suffix(default_port.size());
  std::string result{host};
  for (auto& c : result)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return result;
}

/// Whoever ends TLS in front of this node takes a scheme away, so it may
/// differ.
bool is_same_host(std::string_view origin, std::string_view host) {
  for (auto [scheme, port] :
       {std::pair<std::string_view, std::string_view>{"http://", ":80"},
        {"https://", ":443"}})
    if (origin.starts_with(scheme)
        && normal_host(origin.substr(scheme.size()), port)
             == normal_host(host, port))
      return true;
  return false;
}

} // namespace

bool is_on(const cors_options& settings) {
  return !settings.origins.empty();
}

bool lets_in(const cors_options& settings, std::string_view origin,
             std::string_view host) {
  return !is_on(settings) || origin.empty() || has(settings, "*")
         || has(settings, origin) || is_same_host(origin, host);
}

std::string cors_fields(const cors_options& settings, std::string_view origin) {
  if (!is_on(settings))
    return {};
  std::string fields;
  if (has(settings, "*"))
    return "Access-Control-Allow-Origin: *\r\n";
  // Caches must not give one origin's answer to another.
  fields += "Vary: Origin\r\n";
  if (origin.empty() || !has(settings, origin))
    return fields;
  fields.append("Access-Control-Allow-Origin: ").append(origin).append("\r\n");
  if (settings.credentials)
    fields += "Access-Control-Allow-Credentials: true\r\n";
  return fields;
}

std::string preflight_fields(const cors_options& settings,
                             std::string_view origin,
                             std::string_view headers) {
  auto fields = cors_fields(settings, origin);
  fields += "Access-Control-Allow-Methods: GET,POST\r\n";
  if (!headers.empty())
    fields.append("Access-Control-Allow-Headers: ")
      .append(headers)
      .append("\r\nVary: Access-Control-Request-Headers\r\n");
  return fields;
}

} // namespace weir::http
