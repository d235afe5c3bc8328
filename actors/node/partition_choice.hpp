#pragma once

#include "schemas/partition_page_codec.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace weir {

inline constexpr auto all_rows = std::numeric_limits<std::size_t>::max();

/// Which partitions an operator wants to see.
struct partition_choice {
  std::string topic;                             ///< empty: of any
  std::optional<schemas::partition_place> after; ///< those behind it
  std::size_t limit = all_rows;                  ///< the first of these
};

/// A node's part of the list.
std::string chosen_part(std::vector<schemas::partition_status> all,
                        const partition_choice& x);

} // namespace weir
