#pragma once

#include "actors/contract/inspection.hpp"

#include <caf/fwd.hpp>

#include <chrono>

namespace weir {

/// This node as a process, with what has come and gone as the metrics have it.
schemas::server_status
describe_server(caf::actor_system& system, connection_counts now,
                const client_figures& clients, std::chrono::nanoseconds uptime);

} // namespace weir
