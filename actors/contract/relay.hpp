#pragma once

// Events that never touch Kafka: to a room's members on all nodes.

#include "actors/contract/participants.hpp"
#include "actors/contract/routes.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "transport/engineio/frames.hpp"

#include <cstdint>
#include <string>

namespace weir {

/// From CONNECTION to ROOM DIRECTORY to ROOM: to all members but the sender.
/// From OUTBOUND ROUTER to ROOM: it was sent on another node.
struct broadcast_local {
  nsp_index nsp = 0;
  std::string room;
  socket_ptr sender;
  engineio::shared_frames frames;
  request_lease lease;
};

/// From ROOM to CONNECTION.
struct deliver_local {
  std::uint64_t room = 0;
  nsp_index nsp = 0;
  socket_ptr sender;
  engineio::shared_frames frames;
  request_lease lease;
};

/// From ROOM DIRECTORY to OUTBOUND ROUTER, and on to the PARTITION CONSUMER
/// where the room's key belongs: it knows which nodes have the room.
struct relay_event {
  std::string topic;
  std::string key;
  nsp_index nsp = 0; ///< the same on every node, as the configuration is
  std::string room;
  std::string frames;  ///< encoded for the clients
  request_lease lease; ///< stays on the sender's node
};

/// From PARTITION CONSUMER to OUTBOUND ROUTER of the other nodes that have
/// subscribed to the key; best effort.
struct local_event {
  relay_event event;
};

template <class Inspector>
bool inspect(Inspector& f, relay_event& x) {
  return f.object(x).fields(f.field("topic", x.topic), f.field("key", x.key),
                            f.field("nsp", x.nsp), f.field("room", x.room),
                            f.field("frames", x.frames));
}

template <class Inspector>
bool inspect(Inspector& f, local_event& x) {
  return f.object(x).fields(f.field("event", x.event));
}

} // namespace weir
