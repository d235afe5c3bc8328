#pragma once

// Members that read once more what they have missed.

#include "actors/contract/log_key.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/contract/type_ids_local.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir {

/// From CONNECTION to ROOM: a member that is behind in a partition wants what
/// comes from an offset on. It comes as `deliver_events`, and then `read_done`.
/// A member has one such request at a time in each partition. With no bytes it
/// asks for nothing yet, as its client takes nothing: the room is to know.
struct read_room {
  socket_ptr socket;
  std::uint32_t membership = 0;
  std::int32_t partition = 0;
  std::int64_t from = 0;
  std::size_t max_bytes = 0; ///< one batch may go beyond
  std::uint32_t id = 0;      ///< the membership's own count
  named_log of{}; ///< `from` is: as the member has it, whatever its room has
};

/// From ROOM to CONNECTION: the answer, one to each request, behind its events.
struct read_done {
  std::uint64_t room = 0; ///< as in `join_answered`
  std::int32_t partition = 0;
  std::uint32_t id = 0;
  /// What comes by itself begins here: who has got there misses nothing.
  std::int64_t live = 0;
};

/// From ROOM to OUTBOUND ROUTER: the room's records from `from` on, once more.
/// They come as `room_records` with this number, until `stop_replay`.
struct start_replay {
  room_actor room;
  std::string topic;
  std::int32_t partition = 0;
  std::string key;
  std::int64_t from = 0;
  std::uint64_t replay = 0; ///< not 0; the room's own count
  named_log of{}; ///< `from` is; where that is not known, as the node has it
};

/// From ROOM to OUTBOUND ROUTER: nobody wants more of it for now, or somebody
/// does again. What it has been granted comes all the same.
struct pace_replay {
  room_actor room;
  std::uint64_t replay = 0;
  bool pauses = false;
};

/// From ROOM to OUTBOUND ROUTER.
struct stop_replay {
  room_actor room;
  std::uint64_t replay = 0;
};

} // namespace weir
