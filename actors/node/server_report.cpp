#include "actors/node/server_report.hpp"

#include "actors/runtime/metrics/connections.hpp"

#include <caf/actor_system.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/metric.hpp>
#include <caf/telemetry/metric_family.hpp>
#include <caf/telemetry/metric_registry.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace weir {

namespace {

namespace telemetry = caf::telemetry;

/// Picks `metrics::connections_closed` out of CAF's registry.
struct collector {
  void operator()(const telemetry::metric_family* family,
                  const telemetry::metric* instance,
                  const telemetry::int_counter* value) {
    if (family->name() != metrics::connections_closed.name
        || instance->labels().empty())
      return;
    auto reason = instance->labels()[0].value();
    by_reason[{reason.data(), reason.size()}]
      += static_cast<std::uint64_t>(value->value());
  }

  template <class Other>
  void operator()(const telemetry::metric_family*, const telemetry::metric*,
                  const Other*) {}

  std::map<std::string, std::uint64_t> by_reason;
};

std::uint64_t as_count(std::int64_t x) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(x, 0));
}

std::string hostname() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

} // namespace

schemas::server_status describe_server(caf::actor_system& system,
                                       connection_counts now,
                                       const client_figures& clients,
                                       std::chrono::nanoseconds uptime) {
  using std::chrono::milliseconds;
  collector found;
  system.metrics().collect(found);
  schemas::server_status result;
  result.hostname = hostname();
  result.pid = static_cast<std::uint32_t>(getpid());
  result.uptime_ms = static_cast<std::uint64_t>(
    std::chrono::duration_cast<milliseconds>(uptime).count());
  result.connections = now.connections;
  result.polling = now.polling;
  result.sockets = std::move(now.sockets);
  result.closed = std::move(found.by_reason);
  result.left = std::move(now.left);
  result.events = std::move(now.events);
  result.events_left_out = now.events_left_out;
  for (auto& loop : clients.loops) {
    result.events_received += as_count(loop->events_in.get());
    result.events_sent += as_count(loop->events_out.get());
  }
  result.received_bytes = as_count(clients.traffic.received_bytes);
  result.sent_bytes = as_count(clients.traffic.sent_bytes);
  result.opened = now.connections;
  for (auto& [reason, n] : result.closed)
    result.opened += n;
  return result;
}

} // namespace weir
