#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::auth {

/// `https://host[:port][/path][?query]`, ready to be asked.
struct https_url {
  std::string host; ///< for the certificate and DNS; an IPv6 one without []
  std::string port = "443";
  std::string target = "/"; ///< path and query
  std::string authority;    ///< host and port as the `Host` header has them
  bool is_secure = true;    ///< false: `http://`, without TLS

  bool operator==(const https_url&) const = default;
};

/// Nothing: it is no such URL. Names and passwords in front of the host are
/// none: they would stand in logs.
std::optional<https_url> parse_https_url(std::string_view text);

/// Likewise, or `http://` with a host that is this machine: there is nobody in
/// between.
std::optional<https_url> parse_webhook_url(std::string_view text);

/// Likewise, with any host: what is sent there is no secret.
std::optional<https_url> parse_collector_url(std::string_view text);

} // namespace weir::auth
