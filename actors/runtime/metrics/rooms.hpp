#pragma once

// Metrics of what members of rooms get.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric record_delivery{
  "record_delivery_seconds",
  "How old records were when they were written to a member's socket, by their "
  "timestamp in Kafka, which may be another machine's clock's; without those "
  "that a member catches up with",
  {}};
inline constexpr metric members_lagging{
  "members_lagging",
  "Members of rooms that are to be caught up: their outbox was full "
  "(limits.outbox), or they have come back",
  {}};
inline constexpr metric lag_exceeded{
  "lag_exceeded",
  "Members that were further behind than limits.max_lag",
  {}};
inline constexpr metric gaps{
  "gaps",
  "Times that a room's records could not be delivered any more",
  {}};
inline constexpr metric records_skipped{"records_skipped",
                                        "Records that no client could read",
                                        {}};

} // namespace weir::metrics
