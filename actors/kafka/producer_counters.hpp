#pragma once

#include "actors/kafka/producer_pool.hpp"
#include "actors/runtime/metrics/emits.hpp"
#include "actors/runtime/metrics/node.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir {

/// What PRODUCERs tell /metrics.
class producer_counters {
public:
  explicit producer_counters(caf::actor_system& system)
    : emits(system),
      repeats(count(system, metrics::emits_deduplicated)),
      stalls(count(system, metrics::credit_stalls, "producer")),
      unanswered_(gauge(system, metrics::unanswered)),
      unanswered_bytes_(gauge(system, metrics::unanswered_bytes)),
      queue_bytes_(gauge(system, metrics::queue_bytes)),
      queue_limit_(gauge(system, metrics::queue_limit)),
      ids_(gauge(system, metrics::ids)),
      ids_limit_(gauge(system, metrics::ids_limit)) {}

  emit_counters emits;
  caf::telemetry::int_counter* repeats;
  caf::telemetry::int_counter* stalls;

  void show_limits(const producer_pool& pool) {
    queue_limit_->value(to_gauge(pool.waiting.limit()));
    ids_limit_->value(to_gauge(pool.ids_limit()));
  }

  /// `records` and `bytes`: what this PRODUCER has unanswered now.
  void show(const producer_pool& pool, std::size_t records, std::size_t bytes) {
    add_to(unanswered_, to_gauge(records), records_);
    add_to(unanswered_bytes_, to_gauge(bytes), bytes_);
    queue_bytes_->value(to_gauge(pool.waiting.used()));
    ids_->value(to_gauge(pool.known_ids()));
  }

private:
  static std::int64_t to_gauge(std::size_t x) {
    return static_cast<std::int64_t>(x);
  }

  /// Of a gauge that all PRODUCERs share, this one's part.
  static void add_to(caf::telemetry::int_gauge* all, std::int64_t now,
                     std::int64_t& shown) {
    all->inc(now - std::exchange(shown, now));
  }

  caf::telemetry::int_gauge* unanswered_;
  caf::telemetry::int_gauge* unanswered_bytes_;
  caf::telemetry::int_gauge* queue_bytes_;
  caf::telemetry::int_gauge* queue_limit_;
  caf::telemetry::int_gauge* ids_;
  caf::telemetry::int_gauge* ids_limit_;
  std::int64_t records_ = 0;
  std::int64_t bytes_ = 0;
};

} // namespace weir
