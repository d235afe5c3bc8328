#pragma once

#include "transport/kafka/handles.hpp"
#include "transport/kafka/partition_queue.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace weir::kafka {

/// Where a partition starts, once the consumer knows; -1 before. Shared
/// between the consumer and the partition's queue, which may be in different
/// threads.
struct start_place {
  explicit start_place(const log_position& x = {}) { store(x); }

  /// At most once that it is known. The offset comes last: whoever sees it sees
  /// the note.
  void store(const log_position& x) {
    note = x.note;
    offset = x.offset;
  }

  std::atomic<std::int64_t> offset = -1;
  std::string note; ///< what was committed with it; only if `offset` is known
};
using start_cell = std::shared_ptr<start_place>;

/// What is known of the topic; shared likewise.
struct topic_log {
  std::atomic<log_id> id = 0;
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
