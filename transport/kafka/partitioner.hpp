#pragma once

#include <cstdint>
#include <string_view>

namespace weir::kafka {

/// Where the Java client's partitioner (`murmur2_random`, which our producer
/// uses too) puts a key. Requires: `partitions > 0`.
std::int32_t partition_of(std::string_view key, std::int32_t partitions);

} // namespace weir::kafka
