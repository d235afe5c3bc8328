#pragma once

#include "transport/kafka/handles.hpp"
#include "transport/kafka/partition_queue.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace weir::kafka {

/// Where a partition starts, once the consumer knows. Shared between the
/// consumer and the partition's queue, which may be in different threads.
class start_place {
public:
  explicit start_place(log_position x = {}) { store(std::move(x)); }

  /// At most once that it is known.
  void store(log_position x) {
    place_ = std::move(x);
    offset_ = place_.offset; // last: who sees it sees the rest
  }

  /// -1: not known yet.
  std::int64_t offset() const { return offset_; }

  /// With the log and the notes that were committed with it.
  log_position get() const { return offset_ < 0 ? log_position{} : place_; }

private:
  std::atomic<std::int64_t> offset_ = -1;
  log_position place_;
};
using start_cell = std::shared_ptr<start_place>;

/// What is known of the topic; shared likewise.
struct topic_log {
  std::atomic<log_id> id = 0;
  std::atomic<std::int32_t> partitions = 0; ///< of that log
  std::atomic<bool> is_missing = false;
  std::atomic<bool> has_problem = false;
  /// How often it could be read again: librdkafka does not tell of that.
  std::atomic<std::uint32_t> repairs = 0;
};

/// What a partition's queue reads from.
struct partition_source {
  shared_client client;
  topic_partition partition;
  start_cell start;
  std::shared_ptr<const topic_log> log; ///< null: nobody knows
  /// librdkafka's bounds at which it stops fetching.
  std::size_t max_queued_bytes = 0;
  std::size_t max_queued_records = 0;
  /// Told when the queue is closed and wakes nobody any more.
  std::function<void(rd_kafka_queue_t*)> on_close;
};

std::unique_ptr<partition_queue>
make_partition_queue(partition_source source, std::function<void()> wake);

} // namespace weir::kafka
