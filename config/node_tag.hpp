#pragma once

#include <string>
#include <string_view>

namespace weir {

/// Characters of a node's tag.
inline constexpr std::size_t node_tag_size = 4;

/// What stands for a node in ids that other nodes see: the same everywhere and
/// in every version. Four characters of base64url, so one of 16 million; nodes
/// whose names have the same tag do not form a cluster.
std::string node_tag(std::string_view node_name);

} // namespace weir
