#pragma once

#include "transport/kafka/error.hpp"
#include "transport/kafka/record.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

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
  virtual kafka::log_position start() const = 0;
  virtual std::int32_t leader_epoch() const = 0;
  virtual std::int64_t log_end() const = 0;
  virtual std::int64_t log_start() const = 0;
  virtual void ask_leader() = 0;
  virtual const std::optional<kafka::log_leader>& leader() = 0;
  virtual kafka::log_id log() const = 0;
  virtual void restart(const kafka::log_position& at) = 0;
  virtual const kafka::kafka_error& problem() const = 0;
  virtual std::uint64_t errors() const = 0;
};

using record_source_ptr = std::unique_ptr<record_source>;

} // namespace weir
