#pragma once

#include <cstddef>

namespace weir {

/// How often something may happen, at most: `rate` a second in the long run.
struct rate_options {
  /// 0: as often as it likes.
  std::size_t rate = 0;
  /// At once, after a while without any; 0: as many as in a second.
  std::size_t burst = 0;

  bool operator==(const rate_options&) const = default;

  bool is_on() const { return rate != 0; }
  std::size_t most_at_once() const { return burst != 0 ? burst : rate; }
};

} // namespace weir
