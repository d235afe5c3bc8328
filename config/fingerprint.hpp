#pragma once

#include "config/options.hpp"

#include <cstddef>
#include <string>

namespace weir {

/// Digits of a fingerprint for the namespaces; what follows is for [auth].
inline constexpr std::size_t namespaces_fingerprint = 16;

/// Hexadecimal digits that stand for a node's configuration as far as others
/// have to do with it: 16 for the namespaces with their mappings, the consumer
/// group, and whether offsets are signed; behind these, where there is an
/// [auth], 16 for who says who clients are. Not secret, and no protection
/// against who wants two configurations to look alike.
std::string config_fingerprint(const options& x);

/// Likewise for what all nodes must agree on at any time: all but what may
/// change on one node after the other.
std::string fixed_fingerprint(const options& x);

/// 16 digits for what may: mappings and local events; behind these, where keys
/// of tokens are at a URL, 16 for that.
std::string live_fingerprint(const options& x);

/// Its parts.
struct live_fingerprints {
  std::string mappings;
  std::string token_keys; ///< empty: they are at no URL
};

live_fingerprints parts_of(const std::string& live_fingerprint);

/// What two nodes have of their own: "mappings", "keys of tokens", both, or
/// nothing.
std::string live_difference(const std::string& a, const std::string& b);

} // namespace weir
