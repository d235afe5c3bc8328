#pragma once

#include "actors/contract/log_key.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/room/room_partitions.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace weir {

/// Where a join begins.
struct join_start {
  const char* wrong = nullptr; ///< why it is refused; null: it is not
  positions restarted{};       ///< as in `join_answered`
};

/// What the offsets that a join names (`since`, and the logs that these are of)
/// mean in the partitions as they are known now. Plain logic.
class join_since {
public:
  static constexpr auto no_partition
    = "since: the room's topic has no such partition";

  /// `key` is that of the room's records. With `may_be_behind` other nodes may
  /// have read further than this one. Requires: `partitions` outlives it.
  join_since(const room_partitions& partitions, std::string key,
             bool may_be_behind)
    : partitions_(partitions),
      key_(std::move(key)),
      may_be_behind_(may_be_behind) {}

  /// A partition whose log was not known when its offset was sent is of the
  /// topic that the others are of.
  static void name_logs(join_room& x);

  /// Where they are of several topics, because nodes heard of the last one
  /// after another, a partition that neither has a log nor is there is of one
  /// that is gone. Requires: the room's partitions are of one log.
  void name_former_logs(join_room& x) const;

  /// Whether it has been where this node has yet to come: further in a log, in
  /// a partition that was added, or in a log that is not known here.
  bool must_wait(const join_room& x) const;

  /// A position whose log is known to have lost its end, but not from where on.
  struct doubt {
    std::int32_t partition;
    std::int64_t offset;
    named_log of;

    bool operator==(const doubt&) const = default;
  };

  /// The first of its positions that is in doubt; nothing: none is. Who resumes
  /// cannot, wherever that is.
  std::optional<doubt> find_doubt(const join_room& x) const;

  /// Has it name where it begins, in all partitions that may hold something for
  /// it, if it names any.
  join_start settle(join_room& x) const;

  /// A topic that was created again with fewer partitions: who was a member
  /// while that came about may have been notified of starts in partitions that
  /// the log does not have. It has had nothing there, and nothing of the log.
  void drop_starts_of_none(join_room& x) const;

  /// Whether it has been where there is no partition, neither of this log nor of
  /// the one that its offset is of: one that had more partitions is gone, whether
  /// that is known here yet or not.
  bool names_no_partition(const join_room& x) const;

private:
  bool must_wait(const join_room& x, std::int32_t partition,
                 std::int64_t offset) const;
  bool is_of_another_log(const join_room& x, std::int32_t partition) const;
  bool is_of_later_log(const join_room& x, std::int32_t partition) const;
  std::optional<std::int64_t> way_back(const join_room& x,
                                       std::int32_t partition,
                                       std::int64_t offset) const;
  void drop_left_behind(join_room& x) const;
  positions take_strays(join_room& x) const;
  positions take_back(join_room& x) const;
  const char* complaint_about(const join_room& x) const;
  const char* complaint_about(const join_room& x, std::int32_t partition,
                              std::int64_t offset) const;
  void add_unnamed(join_room& x, positions& strays) const;
  void add_all(positions& since) const;
  void add_home_partitions(positions& since, std::int32_t partitions) const;

  const room_partitions& partitions_;
  std::string key_;
  bool may_be_behind_;
};

} // namespace weir
