#pragma once

#include "schemas/status_codec.hpp"

#include <caf/fwd.hpp>

#include <vector>

namespace weir {

/// For each type of actor how many there are, and messages waiting and
/// processed, as the metrics have them. Thread-safe.
std::vector<schemas::actor_status> actor_statuses(caf::actor_system& system);

} // namespace weir
