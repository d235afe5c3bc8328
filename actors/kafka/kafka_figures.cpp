#include "actors/kafka/kafka_figures.hpp"

#include "actors/runtime/metrics/kafka.hpp"

#include <utility>

namespace weir {

kafka_figures::kafka_figures(caf::actor_system& system, std::string_view client)
  : system_(system),
    client_(client),
    queued_records_(gauge(system, metrics::kafka_queued_records, client)),
    queued_bytes_(gauge(system, metrics::kafka_queued_bytes, client)),
    requests_{count(system, metrics::kafka_requests, client)},
    sent_bytes_{count(system, metrics::kafka_sent_bytes, client)},
    received_bytes_{count(system, metrics::kafka_received_bytes, client)},
    sent_records_{count(system, metrics::kafka_sent_records, client)},
    received_records_{count(system, metrics::kafka_received_records, client)},
    retries_{count(system, metrics::kafka_retries, client)},
    timeouts_{count(system, metrics::kafka_timeouts, client)},
    round_trips_(count(system, metrics::kafka_round_trips, client)),
    round_trip_time_(
      count_seconds(system, metrics::kafka_round_trip_time, client)),
    round_trip_p99_(
      gauge_seconds(system, metrics::kafka_round_trip_p99, client)) {
}

void kafka_figures::growing::show(std::int64_t now) {
  auto before = std::exchange(last, now);
  shown->inc(now < before ? now : now - before);
}

void kafka_figures::show(const kafka::client_figures& x) {
  queued_records_->value(x.queued_records);
  queued_bytes_->value(x.queued_bytes);
  requests_.show(x.requests);
  sent_bytes_.show(x.sent_bytes);
  received_bytes_.show(x.received_bytes);
  sent_records_.show(x.sent_records);
  received_records_.show(x.received_records);
  retries_.show(x.retries);
  timeouts_.show(x.timeouts);
  round_trips_->inc(x.round_trips);
  round_trip_time_->inc(static_cast<double>(x.round_trip_time) / 1e6);
  round_trip_p99_->value(static_cast<double>(x.round_trip_p99) / 1e6);
  show_brokers(x);
}

kafka_figures::broker& kafka_figures::broker_of(const std::string& name) {
  auto i = brokers_.find(name);
  if (i != brokers_.end())
    return i->second;
  auto labels = client_ + ',' + name;
  return brokers_[name] = {
           gauge(system_, metrics::kafka_broker_unanswered, labels),
           gauge_seconds(system_, metrics::kafka_broker_round_trip_p99, labels),
           {count(system_, metrics::kafka_broker_answers, labels)},
           count_seconds(system_, metrics::kafka_broker_throttled, labels),
           gauge(system_, metrics::kafka_broker_unreachable, labels)};
}

/// Those that are no longer there have nothing.
void kafka_figures::show_brokers(const kafka::client_figures& x) {
  for (auto& [name, known] : brokers_)
    if (!x.brokers.contains(name)) {
      known.unanswered->value(0);
      known.round_trip_p99->value(0);
      known.unreachable->value(0);
    }
  for (auto& [name, now] : x.brokers) {
    auto& shown = broker_of(name);
    shown.unanswered->value(now.unanswered);
    shown.round_trip_p99->value(static_cast<double>(now.round_trip_p99) / 1e6);
    shown.answers.show(now.answers);
    shown.throttled->inc(static_cast<double>(now.throttled) / 1e3);
    shown.unreachable->value(now.unreachable ? 1 : 0);
  }
}

} // namespace weir
