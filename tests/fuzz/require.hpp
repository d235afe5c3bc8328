#pragma once

#include <cstdio>
#include <cstdlib>

namespace weir::fuzz {

/// Aborts where a promise is broken, also in release builds.
inline void require(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

} // namespace weir::fuzz
