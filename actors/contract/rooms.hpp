#pragma once

// Joins and leaves, and what a room sends without Kafka.

#include "actors/contract/participants.hpp"
#include "actors/contract/routes.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "actors/runtime/emit_error.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace weir {

/// Whoever may be in rooms.
using member_actor = caf::typed_actor<
  // In, with the position from which nothing is missed; or refused.
  caf::result<void>(join_answered),
  // The room's next events, in partition order.
  caf::result<void>(deliver_events),
  // What it has asked for, being behind, is there.
  caf::result<void>(read_done),
  // An event that never touched Kafka.
  caf::result<void>(deliver_local),
  // The room has failed: its members must not believe that they are up to date.
  caf::result<void>(room_closed),
  // It is to go.
  caf::result<void>(disconnect_socket)>;

/// ROOM: the members of one Socket.IO room on this node.
using room_actor = caf::typed_actor<
  // A socket wants in.
  caf::result<void>(join_room),
  // A socket is out.
  caf::result<void>(leave_room),
  // The room's next records.
  caf::result<void>(room_records),
  // From here on no record of the room is missed.
  caf::result<void>(room_complete),
  // One more partition may hold its records.
  caf::result<void>(partition_added),
  // Its topic cannot be read, or can again.
  caf::result<void>(room_problem),
  // Whether its records come at all.
  caf::result<void>(room_unreachable),
  // How far the room is, also when it is quiet.
  caf::result<void>(room_moved),
  // A member is behind, and wants what it has missed.
  caf::result<void>(read_room),
  // An event for the members that never touches Kafka.
  caf::result<void>(broadcast_local),
  // All members are to go; how many there were.
  caf::result<disconnected>(disconnect_room),
  // How is it?
  caf::result<room_described>(query_room)>;

/// ROOM DIRECTORY: finds, creates and retires this node's rooms.
using room_directory_actor = caf::typed_actor<
  // A socket wants in; handed on to the room.
  caf::result<void>(join_room),
  // A socket is out; likewise.
  caf::result<void>(leave_room),
  // Handed on to the room, if it is there.
  caf::result<void>(broadcast_local),
  // Likewise.
  caf::result<disconnected>(disconnect_room),
  // A room has no members and may be retired.
  caf::result<void>(room_empty),
  // There are other mappings: rooms that are not the same by these have no new
  // members.
  caf::result<void>(use_routes),
  // Answers once no room has the topic.
  caf::result<void>(release_topic),
  // Which rooms are there?
  caf::result<rooms_found>(find_rooms)>;

/// From CONNECTION to ROOM DIRECTORY to ROOM.
struct join_room {
  member_actor member;
  ack_target ack;
  const mapping_route* route = nullptr; ///< lives as long as the node
  std::string room;
  std::string key;
  std::uint32_t membership = 0; ///< comes back with the answer
  /// Where the member begins in these partitions; elsewhere it begins now.
  positions since;
  partition_logs logs;            ///< of `since`
  std::int32_t of_partitions = 0; ///< that the topic had then; 0: not known
  /// It must not miss anything since then: refused if that cannot be promised.
  bool resumes = false;
  /// Who names no `since` begins with the mapping's `history`.
  bool with_history = true;
  request_lease lease;
};

/// From ROOM to CONNECTION: it is a member now, or with an error, it is not.
struct join_answered {
  ack_target ack;
  std::string room_name;
  /// Tells the room from an earlier one of the same name on this node.
  std::uint64_t room = 0;
  emit_errc error = emit_errc::none;
  std::string message;
  /// From where on nothing is missed, in the partitions that may hold the
  /// room's records, as far as that is known.
  positions from;
  /// Where it begins before what comes by itself.
  positions behind;
  std::uint32_t membership = 0;
  room_actor handle;   ///< null with an error
  partition_logs logs; ///< of `from` and `behind`
  /// That the topic has: `from` and `behind` name all where records of the room
  /// may be with so many, or with fewer that there were before. 0: not known.
  std::int32_t of_partitions = 0;
  /// Where it has been in another log of that name, of which nothing is to be
  /// had any more: it begins at the start of the one that there is now; or
  /// beyond where this one was cut: it begins there.
  positions restarted;
};

/// From CONNECTION to ROOM DIRECTORY to ROOM: the way that the join took, so
/// that it cannot overtake it.
struct leave_room {
  socket_ptr socket;
  std::string room;
  request_lease lease;
  /// The socket is no more: joins of its that wait are not to be answered.
  bool is_gone = false;
};

/// From ROOM to its members when it ends although they are there.
struct room_closed {
  std::uint64_t room = 0;
};

/// To CONNECTION, when a request's lease ends: its credit is free again.
struct request_over {
  std::uint64_t request = 0;
};

/// From ROOM to ROOM DIRECTORY: no member is left after this many joins.
struct room_empty {
  nsp_index nsp = 0;
  std::string room_name;
  std::uint64_t room = 0; ///< as in `join_answered`
  std::uint64_t joins = 0;
};

/// From GATEWAY to ROOM DIRECTORY, after mappings that do not have the topic.
struct release_topic {
  std::string topic;
};

/// From ROOM DIRECTORY to OUTBOUND ROUTER.
struct add_room {
  room_actor room;
  std::string topic;
  std::string key;
  std::uint32_t history = 0; ///< recent records wanted
};

/// From ROOM DIRECTORY to OUTBOUND ROUTER.
struct remove_room {
  room_actor room;
  std::string topic;
  std::string key;
};

} // namespace weir
