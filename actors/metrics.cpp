#include "actors/metrics.hpp"

#include "actors/actor_metrics.hpp"

#include <caf/actor_system.hpp>
#include <caf/span.hpp>
#include <caf/telemetry/collector/prometheus.hpp>
#include <caf/telemetry/label_view.hpp>
#include <caf/telemetry/metric_registry.hpp>

#include <vector>

namespace weir {

namespace {

constexpr std::string_view prefix = "weir";
constexpr std::string_view unit = "1"; // units stand in the names

caf::string_view view(std::string_view x) {
  return {x.data(), x.size()};
}

std::vector<caf::telemetry::label_view> labels_of(const metric& x,
                                                  std::string_view value) {
  if (x.label.empty())
    return {};
  return {{view(x.label), view(value)}};
}

} // namespace

caf::telemetry::int_counter* count(caf::actor_system& system, const metric& x,
                                   std::string_view label_value) {
  auto labels = labels_of(x, label_value);
  return system.metrics().counter_instance(view(prefix), view(x.name),
                                           caf::make_span(labels), view(x.help),
                                           view(unit), true);
}

caf::telemetry::int_gauge* gauge(caf::actor_system& system, const metric& x,
                                 std::string_view label_value) {
  auto labels = labels_of(x, label_value);
  return system.metrics().gauge_instance(view(prefix), view(x.name),
                                         caf::make_span(labels), view(x.help),
                                         view(unit));
}

emit_counters::emit_counters(caf::actor_system& system) {
  for (std::size_t i = 0; i < codes; ++i)
    counters_[i] = weir::count(system, metrics::emits,
                               to_string(static_cast<emit_errc>(i)));
}

std::string metrics_text(caf::actor_system& system) {
  std::uint32_t connections = 0;
  for (auto& x : actor_statuses(system))
    if (x.type == "connection")
      connections = x.count;
  gauge(system, metrics::connections)->value(connections);
  caf::telemetry::collector::prometheus collector;
  auto text = collector.collect_from(system.metrics());
  return {text.data(), text.size()};
}

} // namespace weir
