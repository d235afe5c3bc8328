#pragma once

#include "transport/kafka/partition_list.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace weir::kafka {

/// Finds where partitions start, without blocking: librdkafka's own way to
/// ask (`rd_kafka_committed`) waits for the answer, and leaving it to
/// `RD_KAFKA_OFFSET_STORED` would not tell "nothing committed" from "what was
/// committed is gone", which end differently. So the committed offsets are
/// asked for by `rd_kafka_ListConsumerGroupOffsets`, whose answer is an event.
class start_offsets {
public:
  using clock = std::chrono::steady_clock;

  /// `otherwise` is where the partitions of a topic that is new to the group
  /// start (`RD_KAFKA_OFFSET_END` or `_BEGINNING`). Answers come as events of
  /// `queue`. Requires: both outlive this.
  ///
  /// A partition with nothing committed, while one before it has something, was
  /// added to its topic later. It starts at its beginning: at its end, what was
  /// stored before anybody noticed it would be lost.
  start_offsets(rd_kafka_t* client, rd_kafka_queue_t* queue, std::string group,
                std::int64_t otherwise);

  void ask(const std::vector<topic_partition>& partitions);

  /// No answer is wanted any more.
  void forget(const topic_partition& partition);

  /// The starts that this event tells, of partitions still asked for. What
  /// failed is asked for again by `retry`; the reason goes to `on_error`.
  partition_offsets
  take(rd_kafka_event_t* event,
       const std::function<void(const std::string&)>& on_error);

  /// Asks again for what failed, once it is time.
  void retry(clock::time_point now);

private:
  void request(const std::vector<topic_partition>& partitions);

  rd_kafka_t* client_;
  rd_kafka_queue_t* queue_;
  std::string group_;
  std::int64_t otherwise_;
  // By partition the latest request for it: older answers do not count.
  std::map<topic_partition, std::uintptr_t> asked_;
  std::uintptr_t last_request_ = 0;
  std::vector<topic_partition> failed_;
  clock::time_point retry_at_;
};

} // namespace weir::kafka
