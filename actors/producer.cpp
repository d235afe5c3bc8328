#include "actors/producer.hpp"

#include "actors/caf_compat.hpp"
#include "actors/in_flight_table.hpp"
#include "actors/messages.hpp"
#include "actors/wake_up.hpp"
#include "config/log.hpp"
#include "transport/kafka/producer.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

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

/// What an emit's answer needs.
struct pending {
  emitter_actor emitter;
  ack_target ack;
  std::size_t cost = 0;
  const mapping_route* route = nullptr;
  std::optional<emit_identity> identity;
};

pending pending_of(produce_record& x) {
  return {std::move(x.emitter), std::move(x.ack), x.cost, x.route, x.identity};
}

/// What became of a record.
struct outcome {
  emit_errc error = emit_errc::none;
  std::string message;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
};

/// The id that the event's client gave it, in quotes.
std::string id_of(const produce_record& x) {
  std::vector<schemas::header> headers;
  x.record.append_headers(headers);
  for (auto& [name, value] : headers)
    if (name == "ce_id")
      return '"' + std::string{value} + '"';
  return "of the event";
}

/// What is said of an emit that has come before and is not in flight.
outcome repeated(const idempotency_table::finding& found,
                 const std::string& id) {
  using verdict = idempotency_table::verdict;
  if (found.what == verdict::stored)
    return {emit_errc::none, {}, found.partition, found.offset};
  if (found.what == verdict::unknown)
    return {emit_errc::timeout, "whether the event with the id " + id
                                  + " is stored is not known; only the log "
                                    "can tell"};
  return {emit_errc::invalid_payload,
          "the id " + id + " is another event's; each needs its own"};
}

struct producer_state {
  static inline const char* name = "weir.producer";

  producer_state(producer_actor::pointer self, const kafka_options& settings,
                 const std::vector<std::string>& topics,
                 const limits_options& limits)
    : self(self),
      waiting_limit(limits.producer_queue),
      bell(producer_actor{self}),
      kafka(std::make_unique<kafka::producer>(settings, bell.ring())),
      known(limits.idempotency_ids) {
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
    if (x.identity && !is_fresh(x))
      return;
    if (waiting.empty() && try_produce(x))
      return;
    if (waiting_bytes + x.cost > waiting_limit)
      return refuse(x, kafka::produce_errc::unavailable,
                    "too many events wait for Kafka on this node");
    waiting_bytes += x.cost;
    waiting.push_back(std::move(x));
  }

  /// False: the emit has come before, and is or will be answered.
  bool is_fresh(produce_record& x) {
    using verdict = idempotency_table::verdict;
    auto found = known.look_up(*x.identity);
    if (found.what == verdict::in_flight)
      known.wait(x.identity->id, in_flight.add(pending_of(x)));
    else if (found.what != verdict::fresh)
      answer(pending_of(x), repeated(found, id_of(x)));
    return found.what == verdict::fresh;
  }

  /// False: librdkafka's queue is full, and the record is untouched.
  bool try_produce(produce_record& x) {
    record.headers.clear();
    x.record.append_headers(record.headers);
    record.topic = x.route->settings.topic;
    record.key = x.key;
    record.value = x.record.value();
    record.token = in_flight.add(pending_of(x));
    auto error = kafka->produce(record);
    if (error == kafka::produce_errc::none)
      return true;
    auto back = in_flight.take(record.token);
    x.emitter = std::move(back.emitter);
    x.ack = std::move(back.ack);
    if (error == kafka::produce_errc::queue_full)
      return false;
    refuse(x, error, "Kafka's client library refused the record");
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
    settle(in_flight.take(report.token),
           {to_emit_error(report.error), std::move(report.message),
            report.partition, report.offset});
  }

  void refuse(produce_record& x, kafka::produce_errc error,
              std::string message) {
    settle(pending_of(x), {to_emit_error(error), std::move(message)});
  }

  /// The end of a record: answers its emit, and those that repeat it.
  void settle(pending x, const outcome& result) {
    std::vector<std::uint64_t> repeats;
    if (x.identity)
      repeats = settle_identity(x.identity->id, result);
    answer(std::move(x), result);
    for (auto token : repeats)
      answer(in_flight.take(token), result);
  }

  std::vector<std::uint64_t> settle_identity(const schemas::fingerprint& id,
                                             const outcome& result) {
    switch (result.error) {
      case emit_errc::none:
        return known.stored(id, result.partition, result.offset);
      case emit_errc::timeout:
        return known.unknown(id);
      default:
        return known.not_stored(id);
    }
  }

  void answer(pending x, const outcome& result) {
    emit_answered answered{std::move(x.ack), x.cost, result.error,
                           result.message};
    if (result.error == emit_errc::none) {
      answered.route = x.route;
      answered.partition = result.partition;
      answered.offset = result.offset;
    }
    tell(self, x.emitter, std::move(answered));
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

  producer_actor::pointer self;
  std::size_t waiting_limit;
  wake_up<producer_actor, producer_event> bell;
  std::unique_ptr<kafka::producer> kafka;
  // Bounded by librdkafka, and for repeated emits by what connections may have
  // unanswered.
  in_flight_table<pending> in_flight;
  idempotency_table known;
  std::deque<produce_record> waiting;
  std::size_t waiting_bytes = 0;
  std::vector<kafka::delivery_report> reports; // reused
  kafka::outgoing_record record;               // reused
  std::optional<caf::typed_response_promise<void>> drained;
};

} // namespace

producer_actor spawn_producer(actor_home home, const kafka_options& settings,
                              const std::vector<std::string>& topics,
                              const limits_options& limits) {
  return home.spawn<producer_actor, producer_state>(settings, topics, limits);
}

} // namespace weir
