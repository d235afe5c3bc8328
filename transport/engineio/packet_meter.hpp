#pragma once

#include "transport/engineio/token_bucket.hpp"

#include <algorithm>
#include <cstddef>

namespace weir::engineio {

/// Holds what a client sends to a rate (limits.packets). Nothing is refused:
/// who has sent as much as he may is not read for a while, so that the rest
/// waits with him, in its order. Plain logic; each call says what time it is.
class packet_meter {
public:
  using time_point = token_bucket::time_point;
  using duration = token_bucket::duration;

  /// Another one has been taken. How long none is to be taken now; 0: the next
  /// one may be.
  duration take(const rate_options& x, time_point now) {
    if (!x.is_on())
      return {};
    bucket_.take(x, now);
    auto wait = bucket_.wait(x, now);
    if (wait.count() == 0)
      return {};
    // Some are let through together, as each pause costs a timer.
    auto some = std::max<std::size_t>(x.most_at_once() / 2, 1);
    return std::max(wait, std::min(bucket_.wait(x, now, some), usual_pause));
  }

private:
  static constexpr duration usual_pause = std::chrono::milliseconds{10};

  token_bucket bucket_;
};

} // namespace weir::engineio
