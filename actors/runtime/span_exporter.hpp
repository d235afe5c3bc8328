#pragma once

#include "actors/runtime/tracer.hpp"
#include "config/options/tracing.hpp"
#include "schemas/otlp_codec.hpp"
#include "transport/otlp/exporter.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace weir {

/// What takes the spans of a node to its collector, and counts what becomes of
/// them. Ends before the actor system.
class span_exporter {
public:
  /// Throws std::runtime_error where the options are of no use.
  span_exporter(caf::actor_system& system, const tracing_options& settings,
                schemas::span_source who);
  ~span_exporter();

  /// Who begins spans; it may outlive this, for nothing.
  const tracer_ptr& spans() const { return spans_; }

  /// Sends what there is, and waits for that, for as long as `time`.
  void finish(std::chrono::milliseconds time);

private:
  tracer_ptr spans_;
  std::optional<otlp::exporter> exporter_; ///< empty: it is being made
};

} // namespace weir
