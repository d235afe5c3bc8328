#pragma once

#include "actors/interfaces.hpp"
#include "actors/io_loop.hpp"
#include "config/options.hpp"

namespace weir {

/// Spawns the GATEWAY, and with it the whole node. `loops` must outlive the
/// actor system's last actor, and are started here once everything is open.
/// The gateway ends when the node has stopped: normally after `drain`, with an
/// error when an actor that the node cannot do without has failed.
/// Throws std::runtime_error when a port or Kafka's client library refuses.
gateway_actor spawn_gateway(actor_home home, options settings, io_loops& loops);

} // namespace weir
