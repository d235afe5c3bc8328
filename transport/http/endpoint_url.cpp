#include "transport/http/endpoint_url.hpp"

#include <utility>

namespace weir::http {

namespace {

bool is_port(std::string_view x) {
  return !x.empty() && x.size() <= 5
         && x.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

std::string endpoint::name() const {
  auto is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? '[' + host + ']' : host) + ':' + port;
}

std::optional<endpoint> endpoint_of(std::string_view url) {
  endpoint result;
  for (auto& [scheme, encrypted] :
       {std::pair{std::string_view{"http://"}, false},
        std::pair{std::string_view{"https://"}, true}})
    if (url.starts_with(scheme)) {
      result.encrypted = encrypted;
      url.remove_prefix(scheme.size());
    }
  if (url.ends_with('/'))
    url.remove_suffix(1);
  auto colon = url.rfind(':');
  if (colon == std::string_view::npos || !is_port(url.substr(colon + 1)))
    return std::nullopt;
  result.port = url.substr(colon + 1);
  auto host = url.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  result.host = host;
  if (host.empty() || host.find_first_of("/@?#[] ") != std::string_view::npos)
    return std::nullopt;
  return result;
}

} // namespace weir::http
