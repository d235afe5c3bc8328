#pragma once

#include "schemas/listing_codec.hpp"

#include <caf/fwd.hpp>

#include <string_view>
#include <vector>

namespace weir {

/// Weir's counters and gauges, named as /metrics names them. `names`: only
/// these, separated by commas; empty: all. Thread-safe.
std::vector<schemas::metric_value> metric_values(caf::actor_system& system,
                                                 std::string_view names);

} // namespace weir
