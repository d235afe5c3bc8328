#pragma once

#include <chrono>

namespace weir::test {

/// How long a test waits for what is bound to come before it gives up. What it
/// awaits comes in a fraction of that: only a fault, and no load of the
/// machine, makes it fail.
inline constexpr std::chrono::seconds patience{120};

} // namespace weir::test
