#pragma once

#include "schemas/otlp_codec.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace weir {

struct span_queue_options {
  std::size_t max_spans = 2'048; ///< that wait; what comes then is dropped
  std::size_t batch = 512;       ///< at once, at most
  /// A span waits so long for others to go with it.
  std::chrono::milliseconds delay{5'000};
};

/// Spans between those who make them, on any thread, and the exporter, which
/// takes them in batches. Bounded; never waits. Only what is sampled comes
/// here, so that one lock is enough.
class span_queue {
public:
  using instant = std::chrono::steady_clock::time_point;

  explicit span_queue(span_queue_options options) : options_(options) {}

  /// Whether a batch has just become full: wake the exporter.
  bool add(schemas::span x, instant now) {
    std::lock_guard guard{mutex_};
    if (spans_.size() >= options_.max_spans) {
      ++dropped_;
      return false;
    }
    if (spans_.empty())
      oldest_ = now;
    spans_.push_back(std::move(x));
    return spans_.size() == options_.batch;
  }

  /// The oldest spans; empty: there is neither a whole batch, nor has one
  /// waited for its delay. `at_end`: those that there are.
  std::vector<schemas::span> take(instant now, bool at_end = false) {
    std::lock_guard guard{mutex_};
    auto is_due = at_end || spans_.size() >= options_.batch
                  || now - oldest_ >= options_.delay;
    if (spans_.empty() || !is_due)
      return {};
    return cut(now);
  }

  /// Those that were lost because the queue was full.
  std::uint64_t dropped() const {
    std::lock_guard guard{mutex_};
    return dropped_;
  }

  std::size_t size() const {
    std::lock_guard guard{mutex_};
    return spans_.size();
  }

private:
  /// Those that stay wait again: at most a delay longer.
  std::vector<schemas::span> cut(instant now) {
    auto n = std::min(options_.batch, spans_.size());
    auto end = spans_.begin() + static_cast<std::ptrdiff_t>(n);
    std::vector<schemas::span> result{std::make_move_iterator(spans_.begin()),
                                      std::make_move_iterator(end)};
    spans_.erase(spans_.begin(), end);
    oldest_ = now;
    return result;
  }

  const span_queue_options options_;
  mutable std::mutex mutex_;
  std::vector<schemas::span> spans_; ///< oldest first
  instant oldest_{};
  std::uint64_t dropped_ = 0;
};

} // namespace weir
