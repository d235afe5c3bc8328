#include "actors/runtime/actor_metrics.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>
#include <caf/telemetry/metric.hpp>
#include <caf/telemetry/metric_family.hpp>
#include <caf/telemetry/metric_registry.hpp>

#include <map>
#include <string>

namespace weir {

namespace {

using namespace caf::telemetry;

/// Picks our actors' metrics out of CAF's registry.
struct collector {
  void operator()(const metric_family* family, const metric* instance,
                  const int_gauge* value) {
    auto n
      = static_cast<std::uint32_t>(std::max<std::int64_t>(value->value(), 0));
    if (family->name() == "actors")
      of(instance).count = n;
    else if (family->name() == "mailbox-size")
      of(instance).mailbox = n;
  }

  void operator()(const metric_family* family, const metric* instance,
                  const dbl_histogram* value) {
    if (family->name() != "processing-time")
      return;
    for (auto& bucket : value->buckets())
      of(instance).processed
        += static_cast<std::uint64_t>(bucket.count.value());
  }

  template <class Other>
  void operator()(const metric_family*, const metric*, const Other*) {}

  schemas::actor_status& of(const metric* instance) {
    for (auto& label : instance->labels())
      if (label.name() == "name") {
        std::string type{label.value().data(), label.value().size()};
        return all[type];
      }
    return all[{}];
  }

  std::map<std::string, schemas::actor_status> all;
};

} // namespace

void enable_actor_metrics(caf::actor_system_config& cfg) {
  cfg.set("caf.metrics-filters.actors.includes",
          std::vector<std::string>{"weir.*"});
}

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
