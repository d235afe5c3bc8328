#include "actors/runtime/actor_metrics.hpp"

#include "actors/runtime/message_meter.hpp"
#include "actors/runtime/metrics/emits.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "actors/runtime/metrics/records.hpp"

#include <caf/actor_system.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>
#include <caf/telemetry/metric.hpp>
#include <caf/telemetry/metric_family.hpp>
#include <caf/telemetry/metric_registry.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace weir {

namespace {

namespace telemetry = caf::telemetry;
using std::chrono::duration_cast, std::chrono::milliseconds;

constexpr std::size_t busiest = 10;

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
    auto n = static_cast<std::uint64_t>(value->value());
    if (family->name() == metrics::actor_messages.name)
      of(instance).processed = n;
    else if (family->name() == metrics::actor_failures.name)
      of(instance).restarts = n;
  }

  void operator()(const telemetry::metric_family* family,
                  const telemetry::metric* instance,
                  const telemetry::dbl_histogram* value) {
    if (family->name() == metrics::actor_processing_time.name)
      of(instance).busy_ms = static_cast<std::uint64_t>(
        value->sum() * 1e3 * message_meter::messages_by_timed);
  }

  template <class Other>
  void operator()(const telemetry::metric_family*, const telemetry::metric*,
                  const Other*) {}

  schemas::actor_status& of(const telemetry::metric* instance) {
    auto type = instance->labels()[0].value();
    return all[std::string{type.data(), type.size()}];
  }

  std::map<std::string, schemas::actor_status, std::less<>> all;
};

std::uint64_t bytes(caf::actor_system& system, const metric& x) {
  return static_cast<std::uint64_t>(
    std::max<std::int64_t>(gauge(system, x)->value(), 0));
}

/// Whoever takes part in credit.
void add_credit(collector& to, caf::actor_system& system) {
  auto of = [&](std::string_view type) {
    auto i = to.all.find(type);
    return i == to.all.end() ? nullptr : &i->second;
  };
  if (auto* x = of("weir.partition-consumer"))
    x->credit_held = bytes(system, metrics::credit_available);
  if (auto* x = of("weir.outbound-router"))
    x->credit_owed = bytes(system, metrics::credit_used);
  if (auto* x = of("weir.producer"))
    x->credit_owed = bytes(system, metrics::unanswered_bytes);
}

void add_longest(collector& to, const caf::actor_system& system) {
  std::unordered_map<const char*, std::int64_t> longest; // by type
  message_meter::each(system, [&](const message_meter& x) {
    auto& n = longest[x.type()];
    n = std::max(n, x.longest_mailbox());
  });
  for (auto& [type, n] : longest)
    if (auto i = to.all.find(std::string_view{type}); i != to.all.end())
      i->second.mailbox_max = static_cast<std::uint32_t>(n);
}

bool is_ours(std::string_view type) {
  return type.starts_with("weir.");
}

schemas::busy_actor describe(const message_meter& x) {
  schemas::busy_actor result;
  result.id = x.id();
  result.type = std::string_view{x.type()}.substr(5);
  result.mailbox = static_cast<std::uint32_t>(x.mailbox());
  result.mailbox_max = static_cast<std::uint32_t>(x.longest_mailbox());
  result.processed = static_cast<std::uint64_t>(x.messages());
  result.busy_ms
    = static_cast<std::uint64_t>(duration_cast<milliseconds>(x.busy()).count());
  return result;
}

} // namespace

std::vector<schemas::actor_status> actor_statuses(caf::actor_system& system) {
  collector found;
  system.metrics().collect(found);
  add_credit(found, system);
  add_longest(found, system);
  std::vector<schemas::actor_status> result;
  for (auto& [type, status] : found.all) {
    if (!is_ours(type))
      continue;
    result.push_back(status);
    result.back().type = type.substr(5);
  }
  return result;
}

std::vector<schemas::busy_actor> busiest_actors(caf::actor_system& system) {
  auto is_busier = [](const schemas::busy_actor& x,
                      const schemas::busy_actor& y) {
    return std::tie(x.busy_ms, x.processed) > std::tie(y.busy_ms, y.processed);
  };
  std::vector<schemas::busy_actor> result; // a heap, the least busy first
  message_meter::each(system, [&](const message_meter& x) {
    if (!is_ours(x.type()))
      return;
    result.push_back(describe(x));
    std::push_heap(result.begin(), result.end(), is_busier);
    if (result.size() <= busiest)
      return;
    std::pop_heap(result.begin(), result.end(), is_busier);
    result.pop_back();
  });
  std::sort_heap(result.begin(), result.end(), is_busier);
  return result;
}

} // namespace weir
