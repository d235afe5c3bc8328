#pragma once

#include "actors/interfaces.hpp"
#include "actors/io_loop.hpp"
#include "actors/room_encoder.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace weir {

struct room_options {
  actor_home home;
  /// Tells the room from an earlier one of the same name on this node.
  std::uint64_t id = 0;
  std::string name;
  nsp_index nsp = 0;
  room_encoder_options encoder;
  /// A join is refused when Kafka has not said by then where the room begins.
  std::chrono::milliseconds join_timeout{};
};

/// Spawns a ROOM. It encodes each record once and hands the same message to
/// all its members; it tells `directory` whenever the last one has left.
room_actor spawn_room(const room_options& options,
                      const room_directory_actor& directory);

} // namespace weir
