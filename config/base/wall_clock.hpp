#pragma once

#include <chrono>
#include <cstdint>

namespace weir {

// The system's clock, for what is written down or compared with what others
// have written. What is waited for goes by std::chrono::steady_clock.

/// Since 1970, UTC.
inline std::int64_t unix_milliseconds() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
    .count();
}

inline std::int64_t unix_nanoseconds() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch())
    .count();
}

inline std::int64_t unix_seconds() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace weir
