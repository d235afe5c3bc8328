#include "actors/runtime/actor_metrics.hpp"

#include "actors/runtime/metrics/node.hpp"

#include <caf/actor_system.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/metric.hpp>
#include <caf/telemetry/metric_family.hpp>
#include <caf/telemetry/metric_registry.hpp>

#include <map>
#include <string>

namespace weir {

namespace {

namespace telemetry = caf::telemetry;

/// Picks our actors' metrics out of CAF's registry.
struct collector {
  void operator()(const telemetry::metric_family* family,
                  const telemetry::metric* instance,
                  const telemetry::int_gauge* value) {
    auto n = static_cast<std::uint32_t>(value->value());
    if (family->name() == metrics::actors.name)
      of(instance).count = n;
    else if (family->name() == metrics::actor_mailbox.name)
      of(instance).mailbox = n;
  }

  void operator()(const telemetry::metric_family* family,
                  const telemetry::metric* instance,
                  const telemetry::int_counter* value) {
    if (family->name() == metrics::actor_messages.name)
      of(instance).processed = static_cast<std::uint64_t>(value->value());
  }

  template <class Other>
  void operator()(const telemetry::metric_family*, const telemetry::metric*,
                  const Other*) {}

  schemas::actor_status& of(const telemetry::metric* instance) {
    auto type = instance->labels()[0].value();
    return all[std::string{type.data(), type.size()}];
  }

  std::map<std::string, schemas::actor_status> all;
};

} // namespace

std::vector<schemas::actor_status> actor_statuses(caf::actor_system& system) {
  collector found;
  system.metrics().collect(found);
  std::vector<schemas::actor_status> result;
  for (auto& [type, status] : found.all) {
    if (!type.starts_with("weir."))
      continue;
    result.push_back(status);
    result.back().type = type.substr(5);
  }
  return result;
}

} // namespace weir
