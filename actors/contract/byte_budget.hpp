#pragma once

#include <atomic>
#include <cstddef>

namespace weir {

/// A limit in bytes that several share. Thread-safe, plain logic.
class byte_budget {
public:
  explicit byte_budget(std::size_t limit) : limit_(limit) {}

  /// False: so much is not free, and nothing is taken.
  bool take(std::size_t bytes) {
    auto used = used_.load();
    do {
      if (bytes > limit_ - used)
        return false;
    } while (!used_.compare_exchange_weak(used, used + bytes));
    return true;
  }

  /// Requires: so much has been taken.
  void give_back(std::size_t bytes) { used_ -= bytes; }

  std::size_t used() const { return used_; }
  std::size_t limit() const { return limit_; }

private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_ = 0;
};

} // namespace weir
