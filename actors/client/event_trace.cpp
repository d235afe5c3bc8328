#include "actors/client/event_trace.hpp"

#include "config/base/trace_context.hpp"
#include "transport/socketio/json_slice.hpp"

#include <optional>
#include <utility>

namespace weir {

namespace {

/// Empty: there is no string.
std::string text_of(std::optional<std::string_view> value) {
  if (!value)
    return {};
  return json::string_value(*value).value_or(std::string{});
}

} // namespace

event_trace trace_of(std::string_view args, std::string_view pointer) {
  auto value = json::argument_at(args, pointer);
  if (!value)
    return {};
  auto is_object = value->starts_with('{');
  auto parent = parse_traceparent(
    text_of(is_object ? json::at(*value, "/traceparent") : value));
  if (!parent)
    return {};
  event_trace result{to_traceparent(*parent), {}};
  if (!is_object)
    return result;
  auto state = text_of(json::at(*value, "/tracestate"));
  if (is_tracestate(state))
    result.state = std::move(state);
  return result;
}

} // namespace weir
