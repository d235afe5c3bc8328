#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::http {

/// Where a port of a node is, as a URL without a path says it.
struct endpoint {
  bool encrypted = false;
  std::string host;
  std::string port;

  /// As a request's `Host` has it.
  std::string name() const;
};

/// Nothing: it is no URL of that kind.
std::optional<endpoint> endpoint_of(std::string_view url);

} // namespace weir::http
