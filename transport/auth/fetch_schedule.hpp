#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace weir::auth {

/// When a key set is fetched. Plain logic; the time is given.
class fetch_schedule {
public:
  using clock = std::chrono::steady_clock;
  using time = clock::time_point;
  using seconds = std::chrono::seconds;

  /// From one attempt to the next, at least, whoever asks: a client that makes
  /// key ids up, or a server that wants nothing cached, costs no more.
  static constexpr seconds min_pause{30};
  /// Keys that were withdrawn are not used for longer, whatever the server
  /// says.
  static constexpr seconds max_pause{24 * 60 * 60};

  /// `usual`: where the server says nothing.
  explicit fetch_schedule(std::chrono::milliseconds usual)
    : usual_(std::chrono::ceil<seconds>(usual)) {}

  /// The first attempt is due at once.
  time next() const { return next_; }

  void begin(time now) {
    begun_ = now;
    is_running_ = true;
  }

  /// With what the server has said of how long its answer may be used.
  void succeed(time now, std::optional<seconds> max_age) {
    is_running_ = false;
    failures_ = 0;
    next_ = std::max(
      now + std::clamp(max_age.value_or(usual_), seconds{1}, max_pause),
      *begun_ + min_pause);
  }

  /// Tried again soon, as long as there may be no keys at all; then less often.
  void fail(time now) {
    is_running_ = false;
    failures_ = std::min(failures_ + 1, 5);
    next_ = now + std::min(seconds{1 << failures_}, min_pause);
  }

  /// Somebody needs a key that is not there. Whether an attempt is under way or
  /// may begin now, so that it pays to wait for it.
  bool want(time now) {
    if (is_running_)
      return true;
    if (begun_ && now < *begun_ + min_pause)
      return false;
    next_ = now;
    return true;
  }

private:
  seconds usual_;
  time next_{};
  std::optional<time> begun_;
  bool is_running_ = false;
  int failures_ = 0;
};

} // namespace weir::auth
