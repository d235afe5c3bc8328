#pragma once

// Members that are behind, and what they get once more.

#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/contract/type_ids_local.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir {

/// From ROOM to OUTBOUND ROUTER: the room's records from `from` on, once more,
/// for members that are behind. They come as `room_records` with this number,
/// until `stop_replay`.
struct start_replay {
  room_actor room;
  std::string topic;
  std::int32_t partition = 0;
  std::string key;
  std::int64_t from = 0;
  std::uint64_t replay = 0; ///< not 0; the room's own count
};

/// From ROOM to OUTBOUND ROUTER.
struct stop_replay {
  room_actor room;
  std::uint64_t replay = 0;
};

/// From OUTBOUND ROUTER to ROOM: its replay is over before it has said so,
/// since others wait for their turn. It may begin another, which waits behind
/// them.
struct replay_ended {
  std::int32_t partition = 0;
  std::uint64_t replay = 0;
};

/// From CONNECTION to ROOM: the member has got nothing from these offsets on;
/// it gets nothing more of their partitions but what it asks for.
struct catch_up {
  socket_ptr socket;
  std::uint32_t membership = 0;
  positions behind;
  /// Bytes that it takes now; `budget_spent` follows, unless `caught_up` came
  /// for all. 0: none yet.
  std::size_t budget = 0;
  /// The membership's own count, which comes back with the answers.
  std::uint32_t request = 0;
};

/// From ROOM to CONNECTION: the partition's events come by themselves again,
/// from this offset on.
struct caught_up {
  std::uint64_t room = 0;
  std::int32_t partition = 0;
  std::int64_t at = 0;
  /// The member's last one that the room has seen; of an older one it means
  /// nothing.
  std::uint32_t request = 0;
};

/// From ROOM to CONNECTION: it has got what it asked for.
struct budget_spent {
  std::uint64_t room = 0;
  std::uint32_t request = 0; ///< likewise
};

/// From ROOM to CONNECTION: it is further behind than `limits.max_lag`, and
/// such members are to be disconnected.
struct lag_exceeded {
  std::uint64_t room = 0;
  std::uint64_t bytes = 0;
};

} // namespace weir
