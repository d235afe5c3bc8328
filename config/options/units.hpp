#pragma once

// How settings are measured.

#include <chrono>
#include <cstddef>

namespace weir {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;
inline constexpr std::size_t gib = 1024 * mib;

} // namespace weir
