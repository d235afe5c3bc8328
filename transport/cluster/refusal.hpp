#pragma once

#include "transport/cluster/hello.hpp"

#include <string>

namespace weir::cluster {

/// Why two nodes do not get a link. The numbers are on the wire.
enum class refusal_code : unsigned char {
  none = 0,
  itself = 1,       ///< a node has dialed itself
  cluster = 2,      ///< another cluster's
  version = 3,      ///< no version that both speak
  name = 4,         ///< another node has this name
  tag = 5,          ///< another node's name has this name's tag
  config = 6,       ///< another configuration of what nodes must agree on
  secret = 7,       ///< the proof is missing or wrong
  tls = 8,          ///< only one side has TLS
  not_admitted = 9, ///< by the owner of the port, with a text of its own
};

/// Such as "secret"; `none`: "failed", as nobody refused.
std::string to_string(refusal_code x);

/// Sent to the peer, and reported on both sides.
struct refusal {
  refusal_code code = refusal_code::none;
  /// A sentence that reads the same on both sides.
  std::string why;

  bool operator==(const refusal&) const = default;
};

/// Why these two cannot be in one cluster; `none`: they can, if the proof is
/// right. `peer` is the one that it is said to.
refusal check_compatible(const hello& local, const hello& peer);

/// The newest version that both speak.
/// Requires: they are compatible.
std::uint32_t common_version(const hello& a, const hello& b);

} // namespace weir::cluster
