#pragma once

#include "actors/contract/delivery.hpp"
#include "actors/contract/heat.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/contract/routes.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/tracer.hpp"
#include "config/options/units.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace weir {

struct room_directory_options {
  routes_ptr rules;
  /// Where rooms are spawned, in turn.
  std::vector<actor_executor> executors;
  std::size_t json_depth = 0;
  std::size_t max_event = 0;
  std::chrono::milliseconds join_timeout{};
  /// As of rooms: there are other nodes.
  bool may_be_behind = false;
  /// As of rooms; for all of them together, `windows`.
  std::size_t window = 4 * mib;
  std::size_t windows = 64 * mib;
  /// What is hot where they are; empty: nobody asks.
  std::vector<std::shared_ptr<loop_heat>> heats{};
  tracer_ptr traces{}; ///< null: nothing is traced
};

/// Spawns the ROOM DIRECTORY. All joins pass through it, so that it knows when
/// a room that reports to be empty really is, and can retire it without losing
/// a join that is on its way.
room_directory_actor spawn_room_directory(actor_executor executor,
                                          room_directory_options options,
                                          outbound_router_actor router);

} // namespace weir
