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

/// Whether it stands for every address of this machine (0.0.0.0, [::]), so that
/// nobody can dial it.
bool is_unspecified(const ip_address& x);

/// Whether one of the two keeps the other from listening there.
bool share_a_port(const ip_address& a, const ip_address& b);

namespace config {

/// What is wrong with an address to listen at, or nothing.
std::optional<std::string> check_listen(std::string_view text);

/// Likewise, or empty for none.
std::optional<std::string> check_optional_listen(std::string_view text);

/// What is wrong with the `host:port` of another node, or nothing.
std::optional<std::string> check_peer(std::string_view text);

/// Likewise, or empty for a default.
std::optional<std::string> check_optional_peer(std::string_view text);

/// What is wrong with `host:port,host:port`, or nothing.
std::optional<std::string> check_brokers(std::string_view text);

} // namespace config

} // namespace weir
