#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

/// A number that one thread changes and any thread may read. It spares that one
/// the locked instruction which an atomic of several writers takes.
class owned_counter {
public:
  /// The owner's.
  void add(std::int64_t n) {
    value_.store(value_.load(std::memory_order_relaxed) + n,
                 std::memory_order_relaxed);
  }

  std::int64_t get() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::int64_t> value_{0};
};

} // namespace weir
