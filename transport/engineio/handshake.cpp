#include "transport/engineio/handshake.hpp"

#include "transport/engineio/client_certificate.hpp"
#include "transport/engineio/session_control.hpp"

#include <algorithm>

namespace weir::engineio {

std::string open_data(std::string_view sid, bool offer_websocket,
                      const engineio_options& settings) {
  std::string json = R"({"sid":")";
  json += sid;
  json += R"(","upgrades":[)";
  json += offer_websocket ? R"("websocket")" : "";
  json += R"(],"pingInterval":)";
  json += std::to_string(settings.ping_interval.count());
  json += R"(,"pingTimeout":)";
  json += std::to_string(settings.ping_timeout.count());
  json += R"(,"maxPayload":)";
  json += std::to_string(settings.max_payload);
  json += '}';
  return json;
}

std::string_view handshake_info::header(std::string_view name) const {
  std::string_view rest = headers;
  while (!rest.empty()) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.starts_with(name) && line.substr(name.size()).starts_with(": "))
      return line.substr(name.size() + 2);
  }
  return {};
}

bool handshake_info::is_of(std::string_view user) const {
  return !certificate || certificate->user.empty() || certificate->user == user;
}

} // namespace weir::engineio
