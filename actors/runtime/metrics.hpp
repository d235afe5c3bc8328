#pragma once

// What /metrics tells besides CAF's own metrics. A metric is declared in
// metrics/, once with its help text, and counted wherever it happens:
//
//   count(system, metrics::emits_deduplicated)->inc();
//   gauge(system, metrics::queue_bytes)->value(n);
//
// The handles live as long as the actor system and are thread-safe; looking one
// up takes a lock, so whoever counts often keeps it.

#include "actors/runtime/emit_error.hpp"

#include <caf/fwd.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/histogram.hpp>

#include <array>
#include <string>
#include <string_view>

namespace weir {

struct options;

/// A metric, for Prometheus weir_<name>; counters end with _total there.
struct metric {
  std::string_view name;
  std::string_view help;
  /// Names of its labels, with a comma between two; empty: it has none.
  std::string_view label;
};

/// Requires: a metric is always used in one of these ways, and a value is given
/// for each label that it has, likewise with a comma between two.
caf::telemetry::int_counter* count(caf::actor_system& system, const metric& x,
                                   std::string_view label_value = {});
caf::telemetry::int_gauge* gauge(caf::actor_system& system, const metric& x,
                                 std::string_view label_value = {});

/// Of seconds, with fractions.
caf::telemetry::dbl_counter* count_seconds(caf::actor_system& system,
                                           const metric& x,
                                           std::string_view label_value);
caf::telemetry::dbl_gauge* gauge_seconds(caf::actor_system& system,
                                         const metric& x,
                                         std::string_view label_value);

/// Of seconds, from 10 microseconds to 5 s.
caf::telemetry::dbl_histogram* histogram(caf::actor_system& system,
                                         const metric& x,
                                         std::string_view label_value);

/// Sets `metrics::limit` for every bound, and makes the metrics without a label
/// known, so that they are there before anything has happened.
void show_limits(caf::actor_system& system, const options& settings);

/// `metrics::emits` with a handle for each code.
class emit_counters {
public:
  explicit emit_counters(caf::actor_system& system);

  void count(emit_errc code) {
    counters_[static_cast<std::size_t>(code)]->inc();
  }

private:
  static constexpr auto codes = static_cast<std::size_t>(emit_errc::timeout)
                                + 1;

  std::array<caf::telemetry::int_counter*, codes> counters_;
};

struct client_figures;

/// Has the metrics of clients say what was counted of them until now. Any
/// thread.
void show_clients(caf::actor_system& system, const client_figures& x);

/// All metrics of the node, CAF's included, in Prometheus' text format 0.0.4.
/// One thread at a time.
std::string metrics_text(caf::actor_system& system,
                         const client_figures& clients);

} // namespace weir
