#include "actors/runtime/metric_values.hpp"

#include "actors/runtime/actor_metrics.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/runtime/metrics/connections.hpp"

#include <caf/actor_system.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>
#include <caf/telemetry/metric.hpp>
#include <caf/telemetry/metric_family.hpp>
#include <caf/telemetry/metric_registry.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace weir {

namespace {

namespace telemetry = caf::telemetry;

std::set<std::string, std::less<>> split(std::string_view names) {
  std::set<std::string, std::less<>> result;
  while (!names.empty()) {
    auto one = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), one.size() + 1));
    result.emplace(one);
  }
  return result;
}

std::string text(caf::string_view x) {
  return {x.data(), x.size()};
}

struct collector {
  void add(const telemetry::metric_family* family,
           const telemetry::metric* instance, double value) {
    if (family->prefix() != "weir")
      return;
    auto name = "weir_" + family->name() + (family->is_sum() ? "_total" : "");
    if (!wanted.empty() && !wanted.contains(name))
      return;
    auto& x = found.emplace_back();
    x.name = std::move(name);
    for (auto& label : instance->labels())
      x.labels[text(label.name())] = text(label.value());
    x.value = value;
  }

  template <class Value>
  void operator()(const telemetry::metric_family* family,
                  const telemetry::metric* instance, const Value* x) {
    if constexpr (requires { x->value(); })
      add(family, instance, static_cast<double>(x->value()));
  }

  std::set<std::string, std::less<>> wanted; ///< empty: all
  std::vector<schemas::metric_value> found;
};

} // namespace

std::vector<schemas::metric_value> metric_values(caf::actor_system& system,
                                                 std::string_view names) {
  // Known only when somebody asks, as /metrics does, too.
  for (auto& x : actor_statuses(system))
    if (x.type == "connection")
      gauge(system, metrics::connections)->value(x.count);
  collector all{split(names), {}};
  system.metrics().collect(all);
  return std::move(all.found);
}

} // namespace weir
