#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace weir::auth {

/// Whether a server that fails is asked. After so many failures in a row it is
/// left alone for a while, which doubles; then one question finds out whether
/// it is back. Plain logic; the time is given.
class circuit_breaker {
public:
  using clock = std::chrono::steady_clock;
  using time = clock::time_point;

  static constexpr std::size_t max_failures = 5;
  static constexpr std::chrono::seconds min_pause{1};
  static constexpr std::chrono::seconds max_pause{30};

  /// Whether to ask now; if so, `succeed` or `fail` must follow.
  bool may_ask(time now) {
    if (failures_ < max_failures)
      return true;
    if (is_trying_ || now < closed_until_)
      return false;
    is_trying_ = true;
    return true;
  }

  void succeed() {
    failures_ = 0;
    pause_ = min_pause;
    is_trying_ = false;
  }

  /// Answers to what was asked before it was left alone do not make the pause
  /// longer.
  void fail(time now) {
    auto was_open = failures_ >= max_failures;
    if (was_open && !is_trying_)
      return;
    failures_ = std::min(failures_ + 1, max_failures);
    if (failures_ < max_failures)
      return;
    if (was_open)
      pause_ = std::min(pause_ * 2, max_pause);
    is_trying_ = false;
    closed_until_ = now + pause_;
  }

  /// Whether the server is left alone.
  bool is_open() const { return failures_ >= max_failures; }

private:
  std::size_t failures_ = 0;
  std::chrono::seconds pause_ = min_pause;
  time closed_until_{};
  bool is_trying_ = false;
};

} // namespace weir::auth
