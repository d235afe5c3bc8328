#pragma once

#include "actors/runtime/open_span.hpp"
#include "actors/runtime/span_queue.hpp"
#include "actors/runtime/trace_sampler.hpp"
#include "config/base/trace_context.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Begins the spans of a node, for whom they are recorded. Thread-safe; for all
/// others it allocates nothing and looks at no clock.
class tracer {
public:
  /// `one_in`: of traces that begin here, so many are one that is recorded; 0:
  /// none is. `on_drop`: as of `span_queue`.
  tracer(span_queue_options waiting, std::uint32_t one_in,
         std::function<void()> on_drop);

  /// Null: it is not recorded, as its parent is not, or, without one, as it is
  /// not among those that are chosen. `name` is a literal.
  span_ptr begin(const std::optional<trace_context>& parent,
                 std::string_view state, std::string_view name,
                 schemas::span_kind kind) const;

  /// Where its spans wait for an exporter.
  span_queue& waiting() const { return *waiting_; }

private:
  std::optional<trace_context>
  context_below(const std::optional<trace_context>& parent) const;

  bool begins_;
  trace_sampler sampler_;
  std::shared_ptr<span_queue> waiting_;
};

/// Null: nothing is traced.
using tracer_ptr = std::shared_ptr<const tracer>;

} // namespace weir
