#pragma once

#include "config/base/owned_counter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir {

/// How often something has taken how long, by powers of two of microseconds: a
/// histogram in which counting is an addition. One thread counts, any may read.
class time_buckets {
public:
  /// The first bound is 2^6 = 64 us, the last 2^26 us = 67 s.
  static constexpr std::size_t first_power = 6;
  static constexpr std::size_t bounds = 21;

  static constexpr std::int64_t bound(std::size_t i) {
    return std::int64_t{1} << (first_power + i);
  }

  /// Below 0 is taken for 0: two clocks may differ.
  void add(std::int64_t microseconds, std::int64_t times = 1) {
    auto us
      = static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0));
    counts_[index_of(us)].add(times);
    sum_.add(static_cast<std::int64_t>(us) * times);
  }

  /// Those that took at most `bound(i)`, and longer than `bound(i - 1)`;
  /// `i == bounds`: longer than all of these.
  std::int64_t count(std::size_t i) const { return counts_[i].get(); }

  /// Microseconds, of all together.
  std::int64_t sum() const { return sum_.get(); }

private:
  static constexpr std::size_t index_of(std::uint64_t us) {
    auto power = static_cast<std::size_t>(std::bit_width(us - (us > 0)));
    return std::min(power - std::min(power, first_power), bounds);
  }

  std::array<owned_counter, bounds + 1> counts_;
  owned_counter sum_;
};

} // namespace weir
