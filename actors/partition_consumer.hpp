#pragma once

#include "actors/interfaces.hpp"
#include "actors/io_loop.hpp"
#include "transport/kafka/record.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace weir {

/// Where a PARTITION CONSUMER's records come from: librdkafka's queue, or in
/// tests a script.
class record_source {
public:
  virtual ~record_source() = default;

  /// As kafka::partition_queue.
  virtual std::size_t
  read(std::size_t max_bytes,
       const std::function<void(const kafka::record_view&)>& sink)
    = 0;
  virtual std::int64_t position() const = 0;
  virtual std::int64_t log_end() const = 0;
};

struct partition_consumer_options {
  kafka::topic_partition partition;
  /// Bytes of recent records to keep.
  std::size_t tail_cache = 0;
};

/// Opens the source, within `spawn_partition_consumer`; `wake` is to be called,
/// from any thread, when it has records after it had none.
using open_source
  = std::function<std::unique_ptr<record_source>(std::function<void()> wake)>;

/// Spawns a PARTITION CONSUMER: reads its partition for as long as a
/// subscriber has credit and the slowest is within the tail cache, and reports
/// its position to `group`.
partition_consumer_actor
spawn_partition_consumer(actor_home home, partition_consumer_options options,
                         open_source open, consumer_group_actor group);

} // namespace weir
