#pragma once

#include "actors/contract/cursor.hpp"
#include "actors/contract/leader_epochs.hpp"
#include "actors/contract/log_key.hpp"
#include "transport/kafka/record.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace weir {

/// An offset for each of a topic's partitions. Plain logic; flat, because a
/// topic may have a thousand of them and every room is notified.
class partition_offsets {
public:
  /// `cursor::unknown`: none is known there.
  std::int64_t at(std::int32_t partition) const {
    auto i = static_cast<std::size_t>(partition);
    return partition >= 0 && i < offsets_.size() ? offsets_[i]
                                                 : cursor::unknown;
  }

  bool knows(std::int32_t partition) const {
    return at(partition) != cursor::unknown;
  }

  /// Whether an offset is known of each of the first so many partitions.
  bool knows_all(std::int32_t partitions) const {
    auto n = static_cast<std::ptrdiff_t>(partitions);
    return n <= static_cast<std::ptrdiff_t>(offsets_.size())
           && std::find(offsets_.begin(), offsets_.begin() + n, cursor::unknown)
                == offsets_.begin() + n;
  }

  void set(std::int32_t partition, std::int64_t offset) {
    auto i = static_cast<std::size_t>(partition);
    if (i >= offsets_.size())
      offsets_.resize(i + 1, cursor::unknown);
    offsets_[i] = offset;
  }

  /// Of partitions, up to the last of which an offset is known.
  std::int32_t count() const {
    auto is_known = [](auto x) { return x != cursor::unknown; };
    auto last = std::find_if(offsets_.rbegin(), offsets_.rend(), is_known);
    return static_cast<std::int32_t>(offsets_.rend() - last);
  }

  /// By partition.
  const std::vector<std::int64_t>& all() const { return offsets_; }

private:
  std::vector<std::int64_t> offsets_;
};

/// Where a node is in a topic, and how far its logs reach, as last told: one
/// copy for all rooms of the topic.
struct topic_positions {
  partition_offsets next, log_start, log_end;
  partition_offsets log;          ///< the log that these are of
  partition_offsets leader_epoch; ///< of `next`, as kafka::log_position
  /// Which misplaced records were before, nobody remembers any more.
  partition_offsets misplaced_from;
  /// Where leaders' epochs begin, as far as it is known.
  std::map<std::int32_t, std::shared_ptr<const leader_epochs>> epochs;

  /// 0: not known.
  kafka::log_id log_of(std::int32_t partition) const {
    return static_cast<kafka::log_id>(
      std::max<std::int64_t>(log.at(partition), 0));
  }

  /// The first that is known; 0: none is.
  kafka::log_id any_log() const {
    auto is_known = [](auto x) { return x > 0; };
    auto i = std::find_if(log.all().begin(), log.all().end(), is_known);
    return i == log.all().end() ? 0 : static_cast<kafka::log_id>(*i);
  }

  /// -1: not known.
  std::int32_t epoch_of(std::int32_t partition) const {
    return static_cast<std::int32_t>(leader_epoch.at(partition));
  }

  named_log named(std::int32_t partition) const {
    return {log_of(partition), epoch_of(partition)};
  }

  /// Null: none is known.
  std::shared_ptr<const leader_epochs> epochs_of(std::int32_t partition) const {
    auto i = epochs.find(partition);
    return i == epochs.end() ? nullptr : i->second;
  }
};

} // namespace weir
