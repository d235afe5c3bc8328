#pragma once

#include "config/base/trace_context.hpp"

#include <optional>
#include <string_view>

namespace weir {

// Which trace something of a client's belongs to, where it says so: at a JSON
// pointer (`trace_from`), a traceparent, or an object with `traceparent` and
// `tracestate`. What is there and is none is as if it were not there, as W3C
// Trace Context says: a client's bad trace is no reason to refuse its event.

/// Of an event, by its arguments.
std::optional<passed_trace> trace_of(std::string_view args,
                                     std::string_view pointer);

/// Of a socket, by the payload of its CONNECT, which may be empty.
std::optional<passed_trace> trace_in(std::string_view payload,
                                     std::string_view pointer);

} // namespace weir
