#pragma once

// Who a node is, as it says itself to another one.
//
//   hello   fields in the order of their numbers, none twice
//   field   number (1 byte) length (2 bytes) value
//
//   1 cluster  2 node  3 incarnation (8 bytes)  4 address  5 config
//   6 oldest version (4 bytes)  7 version (4 bytes)
//   8 fixed config, where there is one
//
// Numbers are big-endian. Fields beyond these are for later versions and are
// skipped, so that a cluster can be upgraded node by node.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::cluster {

/// Versions of the messages between nodes that this one speaks. Defined in a
/// file of their own, so that a test can link a node of another version.
extern const std::uint32_t oldest_version;
extern const std::uint32_t newest_version;

/// Bytes of an encoded hello, at most.
inline constexpr std::size_t max_hello = 4096;

struct hello {
  /// Identifiers, as in the configuration.
  std::string cluster;
  std::string node;
  /// Grows with each start of the node: milliseconds of the system's clock.
  std::uint64_t incarnation = 0;
  /// `host:port` that others dial.
  std::string address;
  /// Stands for all that nodes should agree on, which those of earlier versions
  /// insist on; up to 256 visible ASCII characters.
  std::string config;
  std::uint32_t oldest_version = cluster::oldest_version;
  std::uint32_t version = cluster::newest_version;
  /// Likewise for what they must agree on at any time; empty: of an earlier
  /// version.
  std::string fixed_config{};

  bool operator==(const hello&) const = default;
};

/// Requires: the members are as `decode_hello` wants them.
std::string encode(const hello& x);

/// Nothing if it is not a hello to the last byte, or holds what no node says.
std::optional<hello> decode_hello(std::string_view bytes);

} // namespace weir::cluster
