#pragma once

#include <cstdlib>

namespace weir::test {

/// How many seeds a property tries beyond those of every run: by hand, with
/// WEIR_MORE_SEEDS=500.
inline unsigned more_seeds() {
  auto* n = std::getenv("WEIR_MORE_SEEDS");
  return n ? static_cast<unsigned>(std::atoi(n)) : 0;
}

} // namespace weir::test
