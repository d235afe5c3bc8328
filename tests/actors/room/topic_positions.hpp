#pragma once

#include "actors/contract/participants.hpp"
#include "actors/contract/partition_offsets.hpp"

#include <memory>
#include <utility>

namespace weir::test {

/// Where a node is in the partitions of a topic, whose logs end there.
inline std::shared_ptr<const topic_positions>
positions_at(const positions& next, kafka::log_id log) {
  topic_positions result;
  for (auto& [partition, offset] : next) {
    result.next.set(partition, offset);
    result.log_end.set(partition, offset);
    if (log != 0)
      result.log.set(partition, static_cast<std::int64_t>(log));
  }
  return std::make_shared<const topic_positions>(std::move(result));
}

} // namespace weir::test
