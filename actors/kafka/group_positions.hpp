#pragma once

#include "actors/contract/ownership.hpp"
#include "transport/kafka/record.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace weir {

/// How far the partitions of a node are read, and what of that is to be
/// committed, and was.
class group_positions {
public:
  using by_partition = std::map<kafka::topic_partition, kafka::log_position>;
  using offsets = std::map<kafka::topic_partition, std::int64_t>;

  /// Nothing without a position. Returns whether it is the partition's first.
  bool take(commit_position x);

  /// What is to be committed of partitions that are given back.
  by_partition of(const std::vector<kafka::topic_partition>& partitions) const;

  /// What has changed since the last time, of the partitions that are this
  /// node's to commit.
  by_partition take_changes(
    const std::function<bool(const kafka::topic_partition&)>& is_own);

  /// Some were refused, whichever: the next changes are all once more, also of
  /// those that do not move on. The group has what it had until then.
  void doubt() { taken_.clear(); }

  /// The group has these now.
  void confirm(const kafka::topic_partition& x, std::int64_t offset) {
    committed_[x] = offset;
  }

  /// Nobody reads it here any more.
  void end(const kafka::topic_partition& x) { latest_.erase(x); }

  /// It is not this node's to commit any more, either.
  void forget(const kafka::topic_partition& x);

  const std::map<kafka::topic_partition, commit_position>& latest() const {
    return latest_;
  }

  /// As Kafka has confirmed it.
  const offsets& committed() const { return committed_; }

private:
  std::map<kafka::topic_partition, commit_position> latest_;
  by_partition taken_; ///< of changes
  offsets committed_;
};

} // namespace weir
