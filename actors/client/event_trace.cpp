#include "actors/client/event_trace.hpp"

#include "transport/socketio/json_slice.hpp"

#include <string>
#include <utility>

namespace weir {

namespace {

/// Empty: there is no string.
std::string text_of(std::optional<std::string_view> value) {
  if (!value)
    return {};
  return json::string_value(*value).value_or(std::string{});
}

/// A string's text as it was written, which a traceparent is in without any
/// escapes; so most that are passed on cost no allocation.
std::optional<trace_context> parent_of(std::optional<std::string_view> value) {
  if (!value || value->size() < 2 || !value->starts_with('"'))
    return std::nullopt;
  if (auto plain = parse_traceparent(value->substr(1, value->size() - 2)))
    return plain;
  return parse_traceparent(text_of(value));
}

std::optional<passed_trace> read(std::optional<std::string_view> value) {
  if (!value)
    return std::nullopt;
  auto is_object = value->starts_with('{');
  auto parent = parent_of(is_object ? json::at(*value, "/traceparent") : value);
  if (!parent)
    return std::nullopt;
  passed_trace result{*parent};
  if (!is_object)
    return result;
  auto state = text_of(json::at(*value, "/tracestate"));
  if (is_tracestate(state))
    result.state = std::move(state);
  return result;
}

} // namespace

std::optional<passed_trace> trace_of(std::string_view args,
                                     std::string_view pointer) {
  return read(json::argument_at(args, pointer));
}

std::optional<passed_trace> trace_in(std::string_view payload,
                                     std::string_view pointer) {
  if (payload.empty() || pointer.empty())
    return std::nullopt;
  return read(json::at(payload, pointer));
}

} // namespace weir
