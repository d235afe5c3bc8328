#pragma once

#include "actors/contract/misplaced_keys.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/partition_offsets.hpp"
#include "actors/contract/records.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What a node knows of a topic: how many partitions there are, where a key's
/// records belong and where others may lie, where it is in each partition, and
/// why one cannot be read. Plain logic.
class topic_table {
public:
  // -- partitions -------------------------------------------------------------

  /// 0: not known yet.
  std::int32_t count() const { return count_; }

  /// Where a key's records belong. Requires: `count` is known.
  std::int32_t home_of(std::string_view key) const;

  /// A partition that there is no more, and where we were in it.
  struct ended_partition {
    std::int32_t partition;
    std::int64_t next;
  };

  /// There are so many now. A topic that was created again may have fewer: those
  /// that have ended. What was added begins at its beginning, where another node
  /// may read it already: members that were here before are to miss nothing.
  std::vector<ended_partition> set_count(std::int32_t partitions);

  // -- positions --------------------------------------------------------------

  const topic_positions& current() const { return positions_; }

  std::int64_t next_of(std::int32_t partition) const {
    return positions_.next.at(partition);
  }

  /// Whether it is known of all partitions where we are.
  bool knows_all() const { return positions_.next.knows_all(count_); }

  /// The first answer of the partition's reader: where it begins, and what it
  /// has noted of misplaced keys.
  void begin_at(std::int32_t partition, std::int64_t offset,
                std::string_view noted);

  /// The live flow has come to where the batch ends. Requires: that names its
  /// log and epoch.
  void take_live(std::int32_t partition, const record_batch& x);

  /// A batch, of whichever flow, shows how long the log is at least: a replay
  /// may be ahead of the live flow.
  void note_end(std::int32_t partition, const record_batch& x);

  /// As its reader has said; -1: it is not known there.
  void note_bounds(std::int32_t partition, std::int64_t start,
                   std::int64_t end);

  void set_log(std::int32_t partition, kafka::log_id x);
  void set_leader_epoch(std::int32_t partition, std::int32_t x);

  /// The log there is another one, and we are at its start as we were at that of
  /// the former: no batch goes back. `end` is its own, -1: not known.
  void begin_log(std::int32_t partition, std::int64_t end);

  /// Where leaders' epochs begin, as a reader has said. True: more is known of
  /// what is below the log's end, so somebody may have been beyond such a begin,
  /// or waits to know where it is.
  bool merge_epochs(std::int32_t partition, std::string_view written);

  void forget_epochs(std::int32_t partition) {
    positions_.epochs.erase(partition);
  }

  // -- for rooms to keep ------------------------------------------------------

  /// Rooms are counted as they come.
  std::uint64_t add_room() { return ++last_room_; }

  using shared_positions = std::shared_ptr<const topic_positions>;

  /// Where we are now: copied once for all rooms.
  const shared_positions& share();

  /// Of a time when so many rooms had come, or later.
  const shared_positions& share_since(std::uint64_t room);

  // -- misplaced records ------------------------------------------------------

  /// Requires: `count` is known.
  bool is_misplaced(std::int32_t partition, std::string_view key) const {
    return !key.empty() && home_of(key) != partition;
  }

  /// Such a record has been seen; `now` in seconds of the system's clock.
  void note_misplaced(std::int32_t partition, std::string_view key,
                      std::int64_t offset, std::int64_t now) {
    misplaced_[partition].add(key, offset, now);
  }

  /// Records from there on were deleted before we have read them: they may have
  /// been of any key.
  void note_lost(std::int32_t partition, std::int64_t from, std::int64_t now) {
    misplaced_[partition].add_any(from, now);
  }

  /// Where else records of a key may be, and from where on.
  positions beside(std::string_view key) const;

  void forget_misplaced(std::int64_t now);

  // -- what cannot be read ----------------------------------------------------

  /// Empty: it can. Of the topic, or of a partition.
  void set_problem(std::string why) { problem_ = std::move(why); }
  void set_problem(std::int32_t partition, std::string why);

  /// Its next reader tells it again. False: there was none.
  bool forget_problem(std::int32_t partition) {
    return problems_.erase(partition) > 0;
  }

  /// Why a room's joins wait: for its key's own partition, and until it is
  /// complete, also for each of which it is not known where we are.
  std::string why_unreadable(std::string_view key, bool is_complete) const;

private:
  void go_back(std::int32_t partition, std::int64_t to);
  void forget(std::int32_t partition);

  std::int32_t count_ = 0;
  topic_positions positions_;     ///< also while nobody serves
  shared_positions shared_;       ///< earlier ones
  std::uint64_t shared_with_ = 0; ///< rooms up to this one were there then
  std::uint64_t last_room_ = 0;
  std::map<std::int32_t, misplaced_keys> misplaced_; ///< by partition
  std::string problem_;
  std::map<std::int32_t, std::string> problems_; ///< of partitions
};

} // namespace weir
