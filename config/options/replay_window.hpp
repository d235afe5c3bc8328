#pragma once

#include <cstddef>

namespace weir {

/// Of what is read of a partition for those who are behind, this part of
/// `limits.tail_cache` stays in memory, or as much as the cache has free.
inline constexpr std::size_t window_share = 4;

} // namespace weir
