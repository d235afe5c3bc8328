#pragma once

// Metrics of spans on their way to the collector of [tracing].

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric trace_spans{
  "trace_spans",
  "Spans of [tracing], by what has become of them: exported, dropped "
  "(tracing.queue was full), failed (the collector has not taken their batch), "
  "rejected (it has taken the batch without them)",
  "result"};
inline constexpr metric trace_batches{
  "trace_batches",
  "Attempts to send a batch of spans, by what has come of them: exported, "
  "retried (the collector cannot take it now, or does not answer), failed",
  "result"};

} // namespace weir::metrics
