#pragma once

#include "actors/contract/cursor.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/leader_epochs.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/partition_offsets.hpp"
#include "actors/contract/records.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace weir {

/// Where a room is in the partitions of its topic, of which logs that is, and
/// how far these reach. Plain logic. Partitions that hold records of the room,
/// or where a member has begun, have positions of their own; all others are
/// where the whole node is. The epoch of a position comes with what leads there.
class room_partitions {
public:
  // -- of any partition -------------------------------------------------------

  /// The next record to come; `cursor::unknown`: the topic has no such
  /// partition.
  std::int64_t next_of(std::int32_t partition) const {
    return known_of(next_, &topic_positions::next, partition);
  }

  /// The oldest offset of its log; `cursor::unknown`: not known.
  std::int64_t start_of(std::int32_t partition) const {
    return known_of(log_start_, &topic_positions::log_start, partition);
  }

  /// How far its log reaches; `cursor::unknown`: not known.
  std::int64_t end_of(std::int32_t partition) const;

  /// Whether an offset is beyond what is known of its log.
  bool is_beyond(std::int32_t partition, std::int64_t offset) const {
    auto end = end_of(partition);
    return end != cursor::unknown && offset > end;
  }

  /// 0: not known.
  kafka::log_id known_log_of(std::int32_t partition) const {
    auto own = log_of(partition);
    return own == 0 && others_ ? others_->log_of(partition) : own;
  }

  /// Where epochs begin in its log; null: none is known.
  std::shared_ptr<const leader_epochs> epochs_of(std::int32_t partition) const;

  /// Where to continue from a position that is in what the log has lost;
  /// nothing: as far as is known, it is not.
  std::optional<std::int64_t> way_back(std::int32_t partition,
                                       std::int64_t offset,
                                       std::int32_t epoch) const;

  /// Likewise, but it is not known where that is.
  bool is_in_doubt(std::int32_t partition, std::int64_t offset,
                   std::int32_t epoch) const {
    auto known = epochs_of(partition);
    return known && known->is_in_doubt(offset, epoch)
           && offset > std::max<std::int64_t>(start_of(partition), 0);
  }

  /// Whether nobody knows where the first leader after that of a position
  /// began, which may be before it.
  bool is_open_after(std::int32_t partition, std::int32_t epoch) const {
    auto known = epochs_of(partition);
    return known && known->is_open_after(epoch);
  }

  // -- of the topic -----------------------------------------------------------

  /// 0: not known.
  std::int32_t count() const { return others_ ? others_->next.count() : 0; }

  /// All its partitions have come into being together. 0: not known.
  kafka::log_id current_log() const;

  /// Whether all partitions have heard of the same topic, as far as is known:
  /// some may take as long as a broker does not answer.
  bool is_one_log() const;

  // -- of the room's own partitions -------------------------------------------

  /// What members that are up to date get next is from here on.
  std::int64_t delivered_to(std::int32_t partition) {
    return delivered_to_[partition];
  }

  /// The log of its position, as far as it is known.
  named_log named(std::int32_t partition) const {
    auto i = logs_.find(partition);
    return i == logs_.end() ? named_log{} : i->second;
  }

  kafka::log_id log_of(std::int32_t partition) const {
    return named(partition).log;
  }

  const partition_logs& logs() const { return logs_; }

  /// Where the key's records belong; -1: not known yet.
  std::int32_t home() const { return home_; }

  /// Partitions that hold records of the room: the key's own, and others in
  /// which some have been seen.
  const std::set<std::int32_t>& homes() const { return homes_; }

  /// Likewise, from where on they may hold some that are none of an offset's
  /// which does not name the partition.
  const positions& begun() const { return begun_; }

  // -- what comes about -------------------------------------------------------

  /// All partitions have answered.
  void complete(const room_complete& x);

  /// Gives a partition a position of its own, now that somebody is to be told:
  /// up to here it had nothing of the room.
  void track(std::int32_t partition);

  /// Those of `homes`, which they have from now on.
  positions track_homes();

  /// When partitions are added, keys move: what comes of the room from then on
  /// lies there, from the partition's beginning for all that is known here.
  void add_home(std::int32_t partition);

  /// Other programs have put records of the room there. Whose offset does not
  /// name the partition has had none of them.
  void note_misplaced(std::int32_t partition, std::int64_t first);

  /// A batch has come that begins here. Requires: `track`.
  void begin_batch(std::int32_t partition, const record_batch& x);

  /// It has been read up to here.
  void read_to(std::int32_t partition, std::int64_t to);

  /// A record of the room was found there.
  void note_record(std::int32_t partition, std::int64_t offset);

  /// Members that are up to date have had what is before.
  void deliver_to(std::int32_t partition, std::int64_t to) {
    delivered_to_[partition] = to;
  }

  /// Its log is longer than was known.
  void note_end(std::int32_t partition, std::int64_t to);

  /// Its offsets mean something else now.
  void restart(std::int32_t partition, std::int64_t at);

  /// Its log has lost its end.
  void cut(std::int32_t partition, std::int64_t at);

  /// Where the whole node is now. Requires: it is not null.
  void note_others(std::shared_ptr<const topic_positions> x);

  /// Nothing of the room is before there that it has not seen.
  void move_to_others();

  /// Nor have its members to get anything up to there; from where on, where
  /// that is news. Not only in `homes`: wherever a member has a position, the
  /// log may lose what it names.
  positions deliver_to_next();

private:
  std::int64_t known_of(const positions& own,
                        partition_offsets topic_positions::*shared,
                        std::int32_t partition) const;

  void note_log(std::int32_t partition, const named_log& x);
  void note_log_at(std::int32_t partition, std::int64_t offset,
                   const named_log& x);
  void move_to(std::int32_t partition, std::int64_t offset,
               const named_log& log);
  void forget_gone();
  void forget_misplaced();

  positions next_, delivered_to_, log_start_, log_end_;
  partition_logs logs_; ///< that all of these are of, as far as it is known
  /// Shared; null: not known yet.
  std::shared_ptr<const topic_positions> others_;
  std::set<std::int32_t> homes_;
  std::int32_t home_ = -1;
  positions begun_;
  /// Where epochs begin, where a batch has told since `others_` did.
  std::map<std::int32_t, std::shared_ptr<const leader_epochs>> epochs_;
};

} // namespace weir
