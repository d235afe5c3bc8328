#pragma once

#include "schemas/otlp_codec.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
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

  /// `on_drop` is called for each span that is dropped, on any thread.
  explicit span_queue(
    span_queue_options options, std::function<void()> on_drop = [] {})
    : options_(options), on_drop_(std::move(on_drop)) {
    spans_.reserve(options.max_spans); // those who add do so when they end
  }

  /// `wake` is called whenever a batch has become full, on any thread, which it
  /// must not keep; empty: nobody is woken any more.
  void on_full(std::function<void()> wake) {
    std::lock_guard guard{mutex_};
    wake_ = std::move(wake);
  }

  void add(schemas::span x, instant now) noexcept {
    std::lock_guard guard{mutex_};
    if (spans_.size() >= options_.max_spans)
      return on_drop_();
    if (spans_.empty())
      oldest_ = now;
    spans_.push_back(std::move(x));
    if (spans_.size() == options_.batch && wake_)
      wake_();
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

  /// When the oldest has waited for its delay; one that comes now, if there is
  /// none.
  instant due(instant now) const {
    std::lock_guard guard{mutex_};
    return (spans_.empty() ? now : oldest_) + options_.delay;
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
  const std::function<void()> on_drop_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<schemas::span> spans_; ///< oldest first
  instant oldest_{};
};

} // namespace weir
