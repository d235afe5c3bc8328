#pragma once

#include "actors/contract/heat.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/records.hpp"
#include "actors/kafka/record_source.hpp"
#include "actors/runtime/io_loop.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace weir {

struct partition_consumer_options {
  kafka::topic_partition partition;
  /// Bytes of recent records to keep.
  std::size_t tail_cache = 0;
  /// Of its loop.
  std::shared_ptr<loop_heat> heat = std::make_shared<loop_heat>();
};

/// Where a PARTITION CONSUMER reads. `wake` is to be called, from any thread,
/// when a source has records after it had none.
struct partition_log {
  using wake_function = std::function<void()>;

  /// From where the group has got to; called within the spawn.
  std::function<record_source_ptr(wake_function wake)> open;
  /// From an older offset, for who is behind; called on the actor's loop.
  std::function<record_source_ptr(const kafka::log_position& from,
                                  wake_function wake)>
    reopen;
};

/// Spawns a PARTITION CONSUMER: reads its partition for as long as a
/// subscriber has credit, and reports its position to `group`. A subscriber
/// that the tail cache has left behind is caught up from the log.
partition_consumer_actor
spawn_partition_consumer(actor_executor executor,
                         partition_consumer_options options, partition_log log,
                         consumer_group_actor group);

} // namespace weir
