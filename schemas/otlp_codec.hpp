#pragma once

// Spans as a collector of traces takes them: OTLP, in Protobuf.

#include "config/base/trace_context.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::schemas {

/// What a span is to those around it; OTLP's numbers.
enum class span_kind { internal = 1, server, client, producer, consumer };

/// Something that was done, and how long it took.
struct span {
  using value = std::variant<std::string, std::int64_t>;
  using span_id = std::array<std::uint8_t, 8>;

  trace_context context;         ///< its trace, and itself
  std::string state;             ///< tracestate
  std::optional<span_id> parent; ///< nothing: the trace begins here
  std::string_view name;         ///< a literal
  span_kind kind = span_kind::internal;
  std::int64_t start_ns = 0; ///< since 1970, UTC
  std::int64_t end_ns = 0;
  /// Names are literals, those of OpenTelemetry's semantic conventions.
  std::vector<std::pair<std::string_view, value>> attributes;
  std::string error; ///< empty: nothing went wrong
};

/// Whose spans they are.
struct span_source {
  std::string service;  ///< service.name: the cluster's
  std::string instance; ///< service.instance.id: the node's
  std::string version;  ///< of this program
};

/// The body of a request to `/v1/traces`.
std::string to_otlp(const span_source& from, const std::vector<span>& spans);

/// What a collector did not want of a request that it has answered with 200.
struct otlp_rejection {
  std::int64_t spans = 0;
  std::string reason;
};

/// Reads that answer's body; nothing: it is none.
std::optional<otlp_rejection> rejection_from(std::string_view body);

} // namespace weir::schemas
