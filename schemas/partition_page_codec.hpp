#pragma once

// Pages of /v1/partitions: what `?after=` says, and a node's part of one.

#include "schemas/listing_part_codec.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::schemas {

struct partition_place {
  std::string topic;
  std::int32_t partition = 0;

  auto operator<=>(const partition_place&) const = default;
};

/// Kafka's topics hold no slash.
std::string partition_cursor(const partition_place& x);

/// Nothing: it is no such cursor.
std::optional<partition_place> partition_place_of(std::string_view cursor);

/// `more`: it has others behind these.
std::string to_bytes(const std::vector<partition_status>& partitions,
                     bool more);

} // namespace weir::schemas
