#pragma once

// Tells whoever runs the load how far it is, so that it can look at the server,
// or kill it, at the right moment: one line on stderr each.

#include <cstdio>

namespace weir::bench {

inline void tell_stage(const char* name) {
  std::fprintf(stderr, "stage %s\n", name);
  std::fflush(stderr);
}

} // namespace weir::bench
