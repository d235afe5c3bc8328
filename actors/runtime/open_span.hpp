#pragma once

#include "actors/runtime/span_queue.hpp"
#include "config/base/wall_clock.hpp"
#include "schemas/otlp_codec.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// A span on its way with what it is of: it is over when nobody holds it any
/// more, and goes to the exporter then. Changed by one thread at a time.
class open_span {
public:
  open_span(std::shared_ptr<span_queue> to, schemas::span content)
    : to_(std::move(to)), content_(std::move(content)) {}

  open_span(const open_span&) = delete;
  open_span& operator=(const open_span&) = delete;

  ~open_span() {
    content_.end_ns = unix_nanoseconds();
    to_->add(std::move(content_), std::chrono::steady_clock::now());
  }

  const trace_context& context() const { return content_.context; }

  /// `name` is a literal.
  void set(std::string_view name, schemas::span::value x) {
    content_.attributes.emplace_back(name, std::move(x));
  }

  void fail(std::string why) { content_.error = std::move(why); }

private:
  std::shared_ptr<span_queue> to_;
  schemas::span content_;
};

/// Null: it is not recorded.
using span_ptr = std::shared_ptr<open_span>;

/// Those of what goes to many at once; they end when the last of them has it.
using shared_spans = std::shared_ptr<const std::vector<span_ptr>>;

} // namespace weir
