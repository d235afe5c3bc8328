#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// An IP address and port to listen at.
struct ip_address {
  /// Without the brackets of IPv6.
  std::string host;
  std::uint16_t port = 0;
};

/// `127.0.0.1:3000` or `[::1]:3000`; no names, since those need a resolver.
std::optional<ip_address> parse_address(std::string_view text);

/// Whether only this machine can connect.
bool is_loopback(const ip_address& x);

namespace config {

/// What is wrong with an address to listen at, or nothing.
std::optional<std::string> check_listen(std::string_view text);

/// What is wrong with `host:port,host:port`, or nothing.
std::optional<std::string> check_brokers(std::string_view text);

} // namespace config

} // namespace weir
