#pragma once

#include "actors/client/room_reader.hpp"
#include "actors/client/socket_rooms.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"
#include "tests/support/interleaving.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::delivery {

constexpr std::size_t partitions = 2, most_partitions = 4;

/// A socket in one room, which now and then can take no more and catches up
/// later; it lets go of what it has seen, so that its credit comes back.
struct member {
  std::string room;
  positions since;
  std::vector<positions> joins;  ///< where it began
  positions ends_at_join;        ///< of the logs as they were then
  kafka::log_id log_at_join = 0; ///< the last one
  std::map<std::int32_t, std::vector<std::int64_t>> offsets; // by partition
  /// Where it was told to go back to; what it had from there on is void.
  std::map<std::int32_t, std::int64_t> went_back;
  socket_ptr socket = std::make_shared<const socket_identity>();
  room_actor handle;
  socket_rooms::membership at;
  std::optional<member_actor> me;
  bool was_away = false;     ///< and has not come back yet
  std::uint64_t room_id = 0; ///< what comes of another one is of before
  int away_for = 0;          ///< steps
  positions left_at;
  partition_logs left_logs;
  std::int32_t of_partitions = partitions; ///< as it was reported
  std::uint32_t node = 0;
  int visits = 0; ///< each has a connection of its own
  struct place {
    std::int32_t partition;
    std::int64_t offset;
    std::int32_t epoch;
    std::int64_t to;
  };
  /// Where it has been when it came back, and was notified that this is lost.
  std::vector<place> taken_back;
  /// The log has lost its end: of where it was led back, what it had there.
  struct way_back {
    std::int32_t partition;
    std::int64_t from;
    std::int64_t to;
    std::int32_t epoch;
    std::map<std::int64_t, long> had;
  };
  std::vector<way_back> ways_back; ///< since they were last looked at
  int fell_behind = 0;
  /// What came, by partition and offset; each only once.
  std::map<std::int32_t, std::map<std::int64_t, long>> serials;
  /// What it was notified to be lost: begin to end, by partition.
  std::map<std::int32_t, std::map<std::int64_t, std::int64_t>> gaps;
  /// Partitions whose log became another one for it, which it was told.
  std::set<std::int32_t> restarted;

  void on_joined(const join_answered& x);

  /// What it had of a partition is of another log, or beyond a cut, from where
  /// it begins now; of one where it begins nowhere, all of it.
  void void_from(std::int32_t partition);

  /// Where it was, to come back to.
  partition_logs logs() const;

  positions here() const;

  /// As a connection: its reader decides.
  void take(const deliver_events& delivery, test::interleaving& choice);

  void note_gaps(std::int32_t partition, std::int32_t epoch,
                 const room_reader::outcome& x);

  void go_back(std::int32_t partition, std::int64_t from, std::int64_t to,
               std::int32_t epoch);

  /// Events are `["e",[partition,offset]]`. Where it can take no more of them.
  std::optional<std::int64_t> take_events(std::int64_t from,
                                          const room_events& x,
                                          test::interleaving& choice);

  void take_event(std::int64_t offset, std::string_view frame);

  void forget_from(std::int32_t partition, std::int64_t to);

  /// In a partition that the join did not name it is to miss nothing of later.
  std::int64_t began_at(std::int32_t partition, kafka::log_id log) const;
};

} // namespace weir::delivery
