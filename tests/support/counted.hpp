#pragma once

#include "actors/runtime/time_buckets.hpp"

#include <cstddef>
#include <cstdint>

namespace weir::test {

/// How many durations there are in it.
inline std::int64_t counted(const time_buckets& x) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i <= time_buckets::bounds; ++i)
    sum += x.count(i);
  return sum;
}

} // namespace weir::test
