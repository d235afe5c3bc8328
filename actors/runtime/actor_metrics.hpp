#pragma once

#include "schemas/status_codec.hpp"

#include <caf/fwd.hpp>

#include <vector>

namespace weir {

/// Makes CAF collect what `actor_statuses` reports. Called before the actor
/// system starts.
void enable_actor_metrics(caf::actor_system_config& cfg);

/// For each type of actor how many there are, and messages waiting and
/// processed, as CAF's own metrics have them. Thread-safe.
std::vector<schemas::actor_status> actor_statuses(caf::actor_system& system);

} // namespace weir
