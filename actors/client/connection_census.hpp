#pragma once

#include "actors/client/connection_registry.hpp"
#include "actors/contract/heat.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/loop_meter.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace weir {

/// So much of a session's id an operator sees: as much as tells connections
/// apart, and leaves 48 bits that nobody guesses.
inline constexpr std::size_t shown_sid = 12;

/// Spawns the CONNECTION CENSUS of a loop. It looks at the connections in
/// small portions, between which the loop has time for everybody else. Ten times
/// a second it looks at how late the loop is, for `meter`, and at what is hot.
connection_census_actor
spawn_connection_census(actor_executor executor,
                        std::shared_ptr<const connection_registry> all,
                        std::shared_ptr<loop_meter> meter,
                        std::shared_ptr<loop_heat> heat);

} // namespace weir
