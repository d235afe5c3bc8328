#pragma once

#include "schemas/listing_rows.hpp"

#include <caf/fwd.hpp>

#include <vector>

namespace weir {

/// For each type of actor how many there are, what waits for them, and what
/// they have done, as the metrics have it. Thread-safe.
std::vector<schemas::actor_status> actor_statuses(caf::actor_system& system);

/// The ten that have been at work for longest. Looks at all, which takes some
/// 10 ms for 100,000. Thread-safe.
std::vector<schemas::busy_actor> busiest_actors(caf::actor_system& system);

} // namespace weir
