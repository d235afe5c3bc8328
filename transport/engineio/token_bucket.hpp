#pragma once

#include "config/options/rate.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdint>

namespace weir::engineio {

/// Holds one to a rate: `burst` tokens at most, and `rate` more each second. It
/// is one point in time, when it would be full again. What costs more than
/// `burst` may come when the bucket is full, and is paid for afterwards. It has
/// no clock: each call says what time it is.
class token_bucket {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  using duration = clock::duration;

  /// How long who wants `n` has to wait; 0: may come now. Requires: `x` is on.
  duration wait(const rate_options& x, time_point now,
                std::uint64_t n = 1) const {
    if (is_full(now))
      return duration{0}; // mostly so: nothing is divided
    auto all = time_of(x, x.most_at_once());
    return std::max((full_at_ - now) - (all - std::min(time_of(x, n), all)),
                    duration{0});
  }

  /// Takes them, there or not. Requires: `x` is on.
  void take(const rate_options& x, time_point now, std::uint64_t n = 1) {
    full_at_ = std::max(full_at_, now) + time_of(x, n);
  }

  bool is_full(time_point now) const { return full_at_ <= now; }

private:
  /// In which so many tokens come; more of them than anybody has stand for all.
  static duration time_of(const rate_options& x, std::uint64_t n) {
    assert(x.rate > 0);
    constexpr auto most = std::uint64_t{1} << 33;
    using std::chrono::nanoseconds;
    return nanoseconds{std::min(n, most) * std::nano::den / x.rate};
  }

  time_point full_at_{};
};

} // namespace weir::engineio
