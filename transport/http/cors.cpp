#include "transport/http/cors.hpp"

#include <algorithm>

namespace weir::http {

bool is_on(const cors_options& settings) {
  return !settings.origins.empty();
}

std::string cors_fields(const cors_options& settings, std::string_view origin) {
  if (!is_on(settings))
    return {};
  auto has = [&](std::string_view x) {
    return std::find(settings.origins.begin(), settings.origins.end(), x)
           != settings.origins.end();
  };
  std::string fields;
  if (has("*"))
    return "Access-Control-Allow-Origin: *\r\n";
  // Caches must not give one origin's answer to another.
  fields += "Vary: Origin\r\n";
  if (origin.empty() || !has(origin))
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
