#pragma once

#include "actors/runtime/metrics/cluster.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weir {

/// Bytes of messages that a link has carried, before encryption, which count
/// among those of all links. Counted on CAF's I/O thread, read on any.
class link_traffic {
public:
  explicit link_traffic(caf::actor_system& system)
    : all_sent_(count(system, metrics::link_sent_bytes)),
      all_received_(count(system, metrics::link_received_bytes)) {}

  void note_sent(std::size_t n) {
    sent_.fetch_add(n, std::memory_order_relaxed);
    all_sent_->inc(static_cast<std::int64_t>(n));
  }

  void note_received(std::size_t n) {
    received_.fetch_add(n, std::memory_order_relaxed);
    all_received_->inc(static_cast<std::int64_t>(n));
  }

  std::uint64_t sent() const { return sent_.load(std::memory_order_relaxed); }

  std::uint64_t received() const {
    return received_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> received_{0};
  caf::telemetry::int_counter* all_sent_;
  caf::telemetry::int_counter* all_received_;
};

} // namespace weir
