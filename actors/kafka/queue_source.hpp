#pragma once

#include "actors/kafka/record_source.hpp"
#include "transport/kafka/partition_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace weir {

/// librdkafka's queue as a PARTITION CONSUMER sees it.
class queue_source : public record_source {
public:
  explicit queue_source(std::unique_ptr<kafka::partition_queue> queue)
    : queue_(std::move(queue)) {}

  std::size_t
  read(std::size_t max_bytes,
       const std::function<void(const kafka::record_view&)>& sink) override {
    return queue_->read(max_bytes, sink);
  }

  std::int64_t position() const override { return queue_->position(); }
  kafka::log_position start() const override { return queue_->start(); }
  std::int32_t leader_epoch() const override { return queue_->leader_epoch(); }
  std::int64_t log_end() const override { return queue_->log_end(); }
  std::int64_t log_start() const override { return queue_->log_start(); }
  void ask_leader() override { queue_->ask_leader(); }
  const std::optional<kafka::log_leader>& leader() override {
    return queue_->leader();
  }
  kafka::log_id log() const override { return queue_->log(); }
  void restart(const kafka::log_position& at) override { queue_->restart(at); }
  std::uint64_t errors() const override { return queue_->errors(); }

  const kafka::kafka_error& problem() const override {
    return queue_->problem();
  }

private:
  std::unique_ptr<kafka::partition_queue> queue_;
};

/// Null where librdkafka has not opened the queue: it is tried again later.
inline record_source_ptr
source_of(std::unique_ptr<kafka::partition_queue> queue) {
  return queue ? std::make_unique<queue_source>(std::move(queue)) : nullptr;
}

} // namespace weir
