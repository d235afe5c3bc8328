#include "actors/runtime/span_exporter.hpp"

#include "actors/runtime/metrics/traces.hpp"
#include "config/log.hpp"
#include "config/secret.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace weir {

namespace {

using outcome = otlp::export_result::outcome;

/// The counters live as long as the actor system.
struct trace_counters {
  explicit trace_counters(caf::actor_system& system)
    : exported(count(system, metrics::trace_spans, "exported")),
      dropped(count(system, metrics::trace_spans, "dropped")),
      failed(count(system, metrics::trace_spans, "failed")),
      rejected(count(system, metrics::trace_spans, "rejected")),
      batches_exported(count(system, metrics::trace_batches, "exported")),
      batches_retried(count(system, metrics::trace_batches, "retried")),
      batches_failed(count(system, metrics::trace_batches, "failed")) {}

  caf::telemetry::int_counter* exported;
  caf::telemetry::int_counter* dropped;
  caf::telemetry::int_counter* failed;
  caf::telemetry::int_counter* rejected;
  caf::telemetry::int_counter* batches_exported;
  caf::telemetry::int_counter* batches_retried;
  caf::telemetry::int_counter* batches_failed;
};

/// A collector may leave some out of a batch that it takes.
void count_exported(const trace_counters& to, const otlp::export_result& x) {
  auto answer = schemas::rejection_from(x.answer);
  auto all = static_cast<std::int64_t>(x.spans);
  auto rejected = answer ? std::clamp<std::int64_t>(answer->spans, 0, all) : 0;
  to.batches_exported->inc();
  to.exported->inc(all - rejected);
  to.rejected->inc(rejected);
  if (rejected > 0)
    log::limited(log_level::warning, "the collector rejects spans", "",
                 {{"spans", rejected}, {"why", answer->reason}});
}

void report(const trace_counters& to, const std::string& url,
            const otlp::export_result& x) {
  if (x.what == outcome::exported)
    return count_exported(to, x);
  const log::fields about{{"url", url}, {"spans", x.spans}, {"why", x.problem}};
  if (x.what == outcome::retried) {
    to.batches_retried->inc();
    return log::limited(log_level::info,
                        "the collector does not take spans now; sent again "
                        "later",
                        "", about);
  }
  to.batches_failed->inc();
  to.failed->inc(static_cast<std::int64_t>(x.spans));
  log::limited(log_level::warning,
               "spans are lost: the collector has not taken them", "", about);
}

otlp::span_ports ports_of(tracer_ptr from, schemas::span_source who,
                          const trace_counters& counters,
                          const tracing_options& settings) {
  using instant = otlp::span_ports::instant;
  return {[from, who = std::move(who)](instant now, bool at_end) {
            auto spans = from->waiting().take(now, at_end);
            if (spans.empty())
              return otlp::span_batch{};
            return otlp::span_batch{to_otlp(who, spans), spans.size()};
          },
          [from](instant now) { return from->waiting().due(now); },
          [counters, url = config::shown_url(settings.url)](
            const otlp::export_result& x) { report(counters, url, x); }};
}

} // namespace

span_exporter::span_exporter(caf::actor_system& system,
                             const tracing_options& settings,
                             schemas::span_source who) {
  const trace_counters counters{system};
  spans_ = std::make_shared<const tracer>(
    span_queue_options{settings.queue, settings.batch, settings.delay},
    settings.sample_one_in, [counters] { counters.dropped->inc(); });
  exporter_.emplace(settings,
                    ports_of(spans_, std::move(who), counters, settings));
  spans_->waiting().on_full([this] { exporter_->wake(); });
}

span_exporter::~span_exporter() {
  spans_->waiting().on_full({});
}

void span_exporter::finish(std::chrono::milliseconds time) {
  spans_->waiting().on_full({});
  exporter_->finish(time);
}

} // namespace weir
