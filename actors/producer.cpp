#include "actors/producer.hpp"

#include "actors/caf_compat.hpp"
#include "actors/in_flight_table.hpp"
#include "actors/messages.hpp"
#include "actors/wake_up.hpp"
#include "config/log.hpp"
#include "transport/kafka/producer.hpp"

#include <deque>
#include <memory>

namespace weir {

namespace {

/// How often the brokers' state is taken in when nothing else happens.
constexpr auto tick = std::chrono::milliseconds{200};

emit_errc to_emit_error(kafka::produce_errc x) {
  switch (x) {
    case kafka::produce_errc::none:
      return emit_errc::none;
    case kafka::produce_errc::too_large:
      return emit_errc::too_large;
    case kafka::produce_errc::timed_out:
      return emit_errc::timeout;
    default:
      return emit_errc::unavailable;
  }
}

struct producer_state {
  static inline const char* name = "weir.producer";

  producer_state(producer_actor::pointer self, const kafka_options& settings,
                 const std::vector<std::string>& topics,
                 std::size_t waiting_limit)
    : self(self),
      waiting_limit(waiting_limit),
      bell(producer_actor{self}),
      kafka(std::make_unique<kafka::producer>(settings, bell.ring())) {
    kafka->declare(topics);
  }

  producer_actor::behavior_type make_behavior() {
    bell.open(self);
    schedule_tick();
    return {
      [this](produce_record& x) { on_record(std::move(x)); },
      [this](producer_event) { on_event(); },
      [this](query_status) { return status(); },
      [this](drain) { return on_drain(); },
    };
  }

  void on_record(produce_record x) {
    if (waiting.empty() && try_produce(x))
      return;
    if (waiting_bytes + x.cost > waiting_limit)
      return answer(x, kafka::produce_errc::unavailable,
                    "too many events wait for Kafka on this node");
    waiting_bytes += x.cost;
    waiting.push_back(std::move(x));
  }

  /// False: librdkafka's queue is full, and the record is untouched.
  bool try_produce(produce_record& x) {
    record.headers.clear();
    x.record.append_headers(record.headers);
    record.topic = x.route->settings.topic;
    record.key = x.key;
    record.value = x.record.value();
    record.token = in_flight.add(
      {std::move(x.emitter), std::move(x.ack), x.cost, x.route});
    auto error = kafka->produce(record);
    if (error == kafka::produce_errc::none)
      return true;
    auto back = in_flight.take(record.token);
    x.emitter = std::move(back.emitter);
    x.ack = std::move(back.ack);
    if (error == kafka::produce_errc::queue_full)
      return false;
    answer(x, error, "Kafka's client library refused the record");
    return true;
  }

  void on_event() {
    constexpr std::size_t at_once = 1000;
    do {
      reports.clear();
      kafka->poll(reports, at_once);
      for (auto& report : reports)
        on_report(report);
    } while (reports.size() == at_once);
    while (!waiting.empty() && try_produce(waiting.front())) {
      waiting_bytes -= waiting.front().cost;
      waiting.pop_front();
    }
    if (in_flight.empty() && waiting.empty())
      finish_drain();
  }

  void on_report(kafka::delivery_report& report) {
    auto x = in_flight.take(report.token);
    emit_answered answered{std::move(x.ack), x.cost,
                           to_emit_error(report.error),
                           std::move(report.message)};
    if (answered.error == emit_errc::none) {
      answered.route = x.route;
      answered.partition = report.partition;
      answered.offset = report.offset;
    }
    tell(self, x.emitter, std::move(answered));
  }

  void answer(produce_record& x, kafka::produce_errc error,
              std::string message) {
    tell(self, x.emitter,
         emit_answered{std::move(x.ack), x.cost, to_emit_error(error),
                       std::move(message)});
  }

  producer_status status() const {
    return {kafka->brokers(), in_flight.size() + waiting.size()};
  }

  caf::result<void> on_drain() {
    drained = self->make_response_promise<void>();
    on_event();
    return *drained;
  }

  void finish_drain() {
    if (drained && drained->pending())
      drained->deliver();
  }

  void schedule_tick() {
    self->run_delayed(tick, [this] {
      on_event();
      schedule_tick();
    });
  }

  /// What an emit's answer needs.
  struct pending {
    emitter_actor emitter;
    ack_target ack;
    std::size_t cost = 0;
    const mapping_route* route = nullptr;
  };

  producer_actor::pointer self;
  std::size_t waiting_limit;
  wake_up<producer_actor, producer_event> bell;
  std::unique_ptr<kafka::producer> kafka;
  in_flight_table<pending> in_flight; // bounded by librdkafka
  std::deque<produce_record> waiting;
  std::size_t waiting_bytes = 0;
  std::vector<kafka::delivery_report> reports; // reused
  kafka::outgoing_record record;               // reused
  std::optional<caf::typed_response_promise<void>> drained;
};

} // namespace

producer_actor spawn_producer(actor_home home, const kafka_options& settings,
                              const std::vector<std::string>& topics,
                              std::size_t waiting_limit) {
  return home.spawn<producer_actor, producer_state>(settings, topics,
                                                    waiting_limit);
}

} // namespace weir
