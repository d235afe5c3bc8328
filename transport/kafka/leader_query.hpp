#pragma once

#include "transport/kafka/handles.hpp"
#include "transport/kafka/record.hpp"

#include <cstdint>
#include <optional>

namespace weir::kafka {

/// Asks who leads a partition, as far as brokers know, where the log ends and
/// under which epoch it leads, without waiting: one question at a time, which
/// is given up after two seconds.
class leader_query {
public:
  /// Requires: `client` outlives this.
  explicit leader_query(rd_kafka_t* client);

  /// Nothing while a question is open.
  void ask(const topic_partition& partition);

  /// The answer, once. None: there is none yet, or nobody could tell.
  std::optional<log_leader> take();

private:
  rd_kafka_t* client_;
  queue_handle answers_;
  bool is_asking_ = false;
};

} // namespace weir::kafka
