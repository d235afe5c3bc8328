#pragma once

#include "actors/contract/byte_budget.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/heat.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/room/room_encoder.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/tracer.hpp"
#include "config/options/units.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace weir {

struct room_options {
  actor_executor executor;
  /// Tells the room from an earlier one of the same name on this node.
  std::uint64_t id = 0;
  std::string name;
  nsp_index nsp = 0;
  room_encoder_options encoder;
  /// A join is refused when Kafka has not said by then where the room begins.
  std::chrono::milliseconds join_timeout{};
  /// Members keep their position over a reconnect, so quiet rooms move it too.
  bool recovers = false;
  /// Other nodes may have read further than this one. Who comes from there
  /// waits until the room has got that far, `join_timeout` at most.
  bool may_be_behind = false;
  /// Bytes of a partition's events that it keeps for members that are behind,
  /// and what all rooms of the node keep together.
  std::size_t window = 4 * mib;
  std::shared_ptr<byte_budget> windows
    = std::make_shared<byte_budget>(64 * mib);
  /// Of its loop; null: nobody asks.
  std::shared_ptr<loop_heat> heat{};
  tracer_ptr traces{}; ///< null: nothing is traced
};

/// Spawns a ROOM. It encodes each record once and hands the same message to
/// all its members. Those that are behind read what they have missed, which
/// `router` replays. It tells `directory` whenever the last one has left.
room_actor spawn_room(const room_options& options,
                      const outbound_router_actor& router,
                      const room_directory_actor& directory);

} // namespace weir
