#pragma once

#include <cstdint>
#include <string>

namespace weir {

/// `2026-01-31T23:59:59.123Z`, the form of ce_time. `time_ms` is since 1970,
/// UTC; years beyond 0000 to 9999 have no such form: the nearest that has.
std::string to_rfc3339(std::int64_t time_ms);

/// `2026-01-31T23:59:59Z`; likewise.
std::string to_rfc3339_seconds(std::int64_t time);

} // namespace weir
