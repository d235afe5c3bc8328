#pragma once

#include "transport/kafka/handles.hpp"
#include "transport/kafka/record.hpp"

#include <cstdint>
#include <optional>

namespace weir::kafka {

/// What a broker says that leads a partition.
struct log_end {
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1; ///< its own; -1: it tells of none
};

/// Asks who leads a partition, as far as brokers know, where the log ends and
/// under which epoch it leads, without waiting: one question at a time, which
/// is given up after two seconds.
class log_end_query {
public:
  /// Requires: `client` outlives this.
  explicit log_end_query(rd_kafka_t* client);

  /// Nothing while a question is open.
  void ask(const topic_partition& partition);

  /// The answer, once. None: there is none yet, or nobody could tell.
  std::optional<log_end> take();

private:
  rd_kafka_t* client_;
  queue_handle answers_;
  bool is_asking_ = false;
};

} // namespace weir::kafka
