#pragma once

#include "transport/engineio/port_event.hpp"

#include <caf/fwd.hpp>

namespace weir {

/// How the ports' events are counted, from any loop. `system` outlives it.
engineio::tell_port_event count_port_events(caf::actor_system& system);

} // namespace weir
