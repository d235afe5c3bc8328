#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// The 16 bytes of an IPv6 address; of IPv4, of its mapped one
/// (::ffff:1.2.3.4).
using address_bytes = std::array<std::uint8_t, 16>;

/// The addresses that begin with the same bits.
struct network {
  address_bytes address{};
  unsigned bits = 0; ///< of the 128

  bool contains(const address_bytes& x) const;
};

/// `10.0.0.0/8`, `2001:db8::/32`, or one address; no bits beyond the prefix.
std::optional<network> parse_network(std::string_view text);

namespace config {

/// What is wrong with a network (CIDR), or nothing.
std::optional<std::string> check_network(std::string_view text);

} // namespace config

} // namespace weir
