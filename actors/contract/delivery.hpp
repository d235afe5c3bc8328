#pragma once

// Records, from the OUTBOUND ROUTER through a room to its members.

#include "actors/contract/credit_lease.hpp"
#include "actors/contract/leader_epochs.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/partition_offsets.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/routes.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/runtime/open_span.hpp"
#include "transport/engineio/frames.hpp"
#include "transport/kafka/record.hpp"

#include <caf/result.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// OUTBOUND ROUTER: this node's subscriptions, one cursor and credit per
/// partition.
using outbound_router_actor
  = subscriber_actor::extend_with<partition_router_actor>::extend<
    // A room has members here: its records are wanted.
    caf::result<void>(add_room),
    // It has none any more.
    caf::result<void>(remove_room),
    // A room has members that are behind.
    caf::result<void>(start_replay),
    // They take no more for now, or do again.
    caf::result<void>(pace_replay),
    // It has none any more.
    caf::result<void>(stop_replay),
    // A batch has been handled by everybody: its bytes are free again.
    caf::result<void>(grant_credit),
    // For the other nodes that have the room.
    caf::result<void>(relay_event)>;

/// From OUTBOUND ROUTER to ROOM: where the room's records lie in a batch that
/// all its rooms share.
struct room_records {
  std::shared_ptr<const record_batch> batch;
  std::shared_ptr<const credit_lease> lease;
  std::int32_t partition = 0;
  /// Begin of each record in `batch->records`.
  std::vector<std::uint32_t> begins;
  /// Of the replay that the room has asked for; 0: live.
  std::uint64_t replay = 0;
};

/// From OUTBOUND ROUTER to ROOM: it is served by every partition of its topic.
struct room_complete {
  /// In the key's own partition.
  positions from;
  named_log log{}; ///< of `from`
  /// Offsets of recent records before `from`, by partition, oldest first.
  std::map<std::int32_t, std::vector<std::int64_t>> history;
  /// Where the key's records belong.
  std::int32_t home_partition = 0;
  /// The oldest offset of that partition's log, and the next one to come; as
  /// far as they are known.
  positions log_start;
  positions log_end;
  /// The same of all others, shared by the topic's rooms; null: there are none.
  std::shared_ptr<const topic_positions> others;
  /// Other partitions that may hold records of the key, and from where on.
  positions misplaced;
};

/// From OUTBOUND ROUTER to ROOM, from time to time: all records of the room
/// before these offsets have been sent to it. So quiet rooms move on too.
struct room_moved {
  std::shared_ptr<const topic_positions> to;
};

/// From OUTBOUND ROUTER to ROOM: why its topic, or a partition that its joins
/// wait for, cannot be read; empty: it can.
struct room_problem {
  std::string why;
};

/// From OUTBOUND ROUTER to ROOM: records of the room may be in this partition
/// too from now on.
struct partition_added {
  std::int32_t partition = 0;
};

/// From OUTBOUND ROUTER to ROOM: nobody whom this node can reach reads the
/// partition where its records belong.
struct room_unreachable {
  std::string why; ///< empty: somebody does again
};

/// What a room's members get: the events of the offsets `[from, to)` of one
/// partition, encoded once for all of them.
struct room_events {
  std::uint64_t room = 0; ///< as in `join_answered`
  nsp_index nsp = 0;
  /// There are none: what was there is no longer to be had.
  bool lost = false;
  /// Who has no position in the partition yet has one now. Where there is
  /// nothing of the room, that would only make its offsets longer.
  bool gives_position = true;
  std::int32_t partition = 0;
  kafka::log_id log = 0;          ///< of the offsets; 0: not known
  std::int32_t leader_epoch = -1; ///< of `to`, see kafka::log_position
  /// Where epochs begin in the log, for members to compare their positions
  /// with; of a range that goes back only if that is why. Null: not known.
  std::shared_ptr<const leader_epochs> epochs;
  std::int64_t log_start = 0; ///< as far as it is known
  std::int64_t from = 0;
  std::int64_t to = 0;
  struct event {
    std::int64_t offset;
    std::size_t end; ///< in frames; it begins where the one before ends
    std::int64_t timestamp_ms = -1; ///< of its record; below 0: none
  };
  std::vector<event> events;
  engineio::shared_frames frames; ///< null: no events
  /// Events that one socket does not get: its own with `echo = false`.
  struct exception {
    std::string socket_id;
    std::size_t event; ///< index
  };
  std::vector<exception> exceptions;
};

/// From ROOM to CONNECTION: to all members what comes live, each range where the
/// last one has ended; and to who has asked for it (`read_room`), what that was.
struct deliver_events {
  std::shared_ptr<const room_events> events;
  bool is_live = false;
  /// What holds them is paid for; null: nobody's credit.
  std::shared_ptr<const credit_lease> lease;
  /// Of those that are traced: over when all members have them; null: of none.
  shared_spans spans{};
};

} // namespace weir
