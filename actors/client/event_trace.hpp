#pragma once

#include <string>
#include <string_view>

namespace weir {

/// Which trace an emitted event belongs to, as its record's headers say.
struct event_trace {
  std::string parent; ///< traceparent; empty: none
  std::string state;  ///< tracestate; only with `parent`
};

/// What the arguments carry at `pointer` (`trace_from`): a traceparent, or an
/// object with `traceparent` and `tracestate`. What is there and is none is as
/// if it were not there, as W3C Trace Context says: a client's bad trace is no
/// reason to refuse its event.
event_trace trace_of(std::string_view args, std::string_view pointer);

} // namespace weir
