#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace weir::engineio {

/// What all outboxes of a node may hold together. Each may hold as much as is
/// still free, but `least` in any case, and no more than its own limit: so
/// those with the most are full first, and whoever has little waiting
/// continues. Thread-safe.
class outbox_budget {
public:
  /// Bytes that need not be counted.
  static constexpr std::size_t least = std::size_t{16} * 1024;

  /// `show` is notified of each change, on any thread.
  using show_change = std::function<void(std::int64_t bytes)>;

  explicit outbox_budget(std::size_t total, show_change show = {})
    : total_(total), show_(std::move(show)) {}

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

  /// Bytes that an outbox may hold now whose own limit is `own`.
  std::size_t limit(std::size_t own) const {
    auto used = this->used();
    return std::min(own, used + least < total_ ? total_ - used : least);
  }

private:
  friend class outbox_share;

  void change(std::int64_t bytes) {
    used_.fetch_add(static_cast<std::size_t>(bytes), std::memory_order_relaxed);
    if (show_)
      show_(bytes);
  }

  std::size_t total_;
  show_change show_;
  std::atomic<std::size_t> used_ = 0; ///< wraps around where it is taken from
};

/// One outbox's part of it. Most outboxes are empty again at the end of each
/// turn of the loop, and cost nothing here.
class outbox_share {
public:
  /// `budget` outlives it.
  explicit outbox_share(outbox_budget& budget) : budget_(budget) {}

  outbox_share(const outbox_share&) = delete;
  outbox_share& operator=(const outbox_share&) = delete;

  ~outbox_share() { settle(0); }

  /// So much is in the outbox, and more may come or go in this turn.
  void note(std::size_t bytes) {
    if (bytes > counted_ + outbox_budget::least)
      settle(bytes);
  }

  /// So much is left in it at the end of the turn.
  void settle(std::size_t bytes) {
    if (auto before = std::exchange(counted_, bytes); before != bytes)
      budget_.change(static_cast<std::int64_t>(bytes)
                     - static_cast<std::int64_t>(before));
  }

private:
  outbox_budget& budget_;
  std::size_t counted_ = 0;
};

} // namespace weir::engineio
