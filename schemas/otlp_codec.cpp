#include "schemas/otlp_codec.hpp"

#include "schemas/weir/otlp/v1/trace.pb.h"

#include <algorithm>
#include <limits>

namespace weir::schemas {

namespace {

namespace v1 = otlp::v1;

void fill(v1::KeyValue& to, std::string_view key, const span::value& from) {
  to.set_key(key.data(), key.size());
  auto& value = *to.mutable_value();
  if (auto* text = std::get_if<std::string>(&from))
    value.set_string_value(*text);
  else
    value.set_int_value(std::get<std::int64_t>(from));
}

void fill(v1::Resource& to, const span_source& from) {
  fill(*to.add_attributes(), "service.name", from.service);
  fill(*to.add_attributes(), "service.instance.id", from.instance);
  fill(*to.add_attributes(), "service.version", from.version);
}

/// The clock may have been set back meanwhile: no span ends before it starts.
void set_times(v1::Span& to, const span& from) {
  to.set_start_time(static_cast<std::uint64_t>(from.start_ns));
  to.set_end_time(
    static_cast<std::uint64_t>(std::max(from.start_ns, from.end_ns)));
}

void fill(v1::Span& to, const span& from) {
  constexpr int error_code = 2;
  auto& id = from.context;
  to.set_trace_id(id.trace_id.data(), id.trace_id.size());
  to.set_span_id(id.span_id.data(), id.span_id.size());
  to.set_trace_state(from.state);
  if (from.parent)
    to.set_parent_span_id(from.parent->data(), from.parent->size());
  to.set_name(from.name.data(), from.name.size());
  to.set_kind(static_cast<int>(from.kind));
  set_times(to, from);
  for (auto& [key, value] : from.attributes)
    fill(*to.add_attributes(), key, value);
  if (!from.error.empty()) {
    to.mutable_status()->set_message(from.error);
    to.mutable_status()->set_code(error_code);
  }
  to.set_flags(id.flags);
}

} // namespace

std::string to_otlp(const span_source& from, const std::vector<span>& spans) {
  v1::ExportRequest message;
  auto& all = *message.add_resource_spans();
  fill(*all.mutable_resource(), from);
  auto& ours = *all.add_scope_spans();
  ours.mutable_scope()->set_name("weir");
  ours.mutable_scope()->set_version(from.version);
  for (auto& x : spans)
    fill(*ours.add_spans(), x);
  return message.SerializeAsString();
}

std::optional<otlp_rejection> rejection_from(std::string_view body) {
  constexpr auto max_size = std::numeric_limits<int>::max();
  v1::ExportResponse message;
  if (body.size() > max_size
      || !message.ParseFromArray(body.data(), static_cast<int>(body.size())))
    return std::nullopt;
  auto& x = *message.mutable_partial_success();
  return otlp_rejection{x.rejected_spans(),
                        std::move(*x.mutable_error_message())};
}

} // namespace weir::schemas
