#include "actors/kafka/producer.hpp"

#include "actors/contract/operation.hpp"
#include "actors/kafka/emit_outcome.hpp"
#include "actors/kafka/in_flight_table.hpp"
#include "actors/kafka/kafka_errors.hpp"
#include "actors/kafka/waiting_records.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/runtime/wake_up.hpp"
#include "config/log.hpp"
#include "transport/kafka/producer.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace weir {

namespace {

using clock = std::chrono::steady_clock;

/// How often the brokers' state is taken in, and deadlines are looked at, when
/// nothing else happens.
constexpr auto tick = std::chrono::milliseconds{200};

/// From one new client to the next: who may write nothing has none that lasts.
constexpr auto client_pause = std::chrono::seconds{5};

std::int64_t to_gauge(std::size_t x) {
  return static_cast<std::int64_t>(x);
}

struct producer_counters {
  explicit producer_counters(caf::actor_system& system) : emits(system) {
    repeats = count(system, metrics::repeats);
    failures = count(system, metrics::client_failures);
    resent = count(system, metrics::records_resent);
    unanswered = gauge(system, metrics::unanswered);
    unanswered_bytes = gauge(system, metrics::unanswered_bytes);
    queue_bytes = gauge(system, metrics::queue_bytes);
    queue_limit = gauge(system, metrics::queue_limit);
    ids = gauge(system, metrics::ids);
    ids_limit = gauge(system, metrics::ids_limit);
  }

  emit_counters emits;
  caf::telemetry::int_counter* repeats;
  caf::telemetry::int_counter* failures;
  caf::telemetry::int_counter* resent;
  caf::telemetry::int_gauge* unanswered;
  caf::telemetry::int_gauge* unanswered_bytes;
  caf::telemetry::int_gauge* queue_bytes;
  caf::telemetry::int_gauge* queue_limit;
  caf::telemetry::int_gauge* ids;
  caf::telemetry::int_gauge* ids_limit;
};

struct producer_state {
  static inline const char* name = "weir.producer";

  producer_state(producer_actor::pointer self, const kafka_options& settings,
                 const std::vector<std::string>& topics,
                 const limits_options& limits)
    : self(self),
      settings(settings),
      topics(topics),
      bell(producer_actor{self}),
      known(limits.idempotency_ids),
      waiting(limits.producer_queue),
      counters(self->system()) {
    counters.queue_limit->value(to_gauge(limits.producer_queue));
    counters.ids_limit->value(to_gauge(limits.idempotency_ids));
    start_client();
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

  // -- emits ------------------------------------------------------------------

  void on_record(produce_record x) {
    unanswered_bytes += x.cost;
    if (x.identity && !is_fresh(x))
      return;
    auto deadline = clock::now() + settings.delivery_timeout;
    if (waiting.empty() && try_produce(x, deadline))
      return;
    if (!waiting.push(x, deadline))
      settle(pending_of(x), {emit_errc::unavailable,
                             "too many events wait for Kafka on this node"});
  }

  /// False: the emit has come before, and is or will be answered.
  bool is_fresh(produce_record& x) {
    using verdict = idempotency_table::verdict;
    auto found = known.look_up(*x.identity);
    if (found.what != verdict::fresh && found.what != verdict::other_content)
      counters.repeats->inc();
    if (found.what == verdict::in_flight) {
      auto pending = pending_of(x);
      pending.deadline = clock::now() + settings.delivery_timeout;
      known.wait(x.identity->id, in_flight.add(std::move(pending)));
    } else if (found.what != verdict::fresh) {
      auto outcome = repeated(found, x);
      answer(pending_of(x), outcome);
    }
    return found.what == verdict::fresh;
  }

  /// False: librdkafka has no place for it now, or would keep it in vain, and
  /// the record is untouched. What waits here is certainly not stored, while of
  /// what librdkafka has nobody knows.
  bool try_produce(produce_record& x, clock::time_point deadline) {
    if (!kafka->brokers().reachable)
      return false;
    record.headers.clear();
    x.record.append_headers(record.headers);
    record.topic = x.route->settings.topic;
    record.key = x.key;
    record.value = x.record.value();
    auto pending = pending_of(x);
    pending.deadline = deadline;
    record.token = in_flight.add(std::move(pending));
    auto error = kafka->produce(record);
    if (error == kafka::produce_errc::none)
      return true;
    auto back = in_flight.take(record.token);
    if (error == kafka::produce_errc::queue_full
        || error == kafka::produce_errc::fatal) { // see replace_client
      x.emitter = std::move(back.emitter);
      x.ack = std::move(back.ack);
      return false;
    }
    settle(std::move(back), outcome_of(error, std::string{kafka->refusal()}));
    return true;
  }

  void produce_waiting() {
    while (!waiting.empty()) {
      auto& [next, deadline] = waiting.front();
      if (!try_produce(next, deadline))
        return;
      waiting.pop();
    }
  }

  // -- answers ----------------------------------------------------------------

  /// The end of a record: answers its emit, and those that repeat it.
  void settle(pending_emit x, const emit_outcome& outcome) {
    std::vector<std::uint64_t> repeats;
    if (x.identity)
      repeats = remember(x.identity->id, outcome);
    answer(std::move(x), outcome);
    for (auto token : repeats)
      answer(in_flight.take(token), outcome);
  }

  std::vector<std::uint64_t> remember(const schemas::fingerprint& id,
                                      const emit_outcome& outcome) {
    switch (outcome.error) {
      case emit_errc::none:
        return known.stored(id, outcome.partition, outcome.offset);
      case emit_errc::timeout:
        return known.unknown(id);
      default:
        return known.not_stored(id);
    }
  }

  void answer(pending_emit x, const emit_outcome& outcome) {
    auto emitter = std::exchange(x.emitter, emitter_actor{});
    if (!emitter)
      return;
    unanswered_bytes -= x.cost;
    counters.emits.count(outcome.error);
    tell(self, emitter, answer_of(std::move(x), outcome));
  }

  // -- librdkafka -------------------------------------------------------------

  void on_event() {
    take_reports();
    for (auto& x : kafka->take_errors())
      report_kafka_error(self->system(), "producer", x);
    if (auto n = kafka->take_resent(); n > 0)
      counters.resent->inc(to_gauge(n));
    if (!kafka->failure().empty())
      replace_client();
    produce_waiting();
    show();
    if (in_flight.empty() && waiting.empty())
      for (auto& x : std::exchange(drains, {}))
        x.deliver();
  }

  void show() {
    counters.unanswered->value(to_gauge(in_flight.size() + waiting.size()));
    counters.unanswered_bytes->value(to_gauge(unanswered_bytes));
    counters.queue_bytes->value(to_gauge(waiting.bytes()));
    counters.ids->value(to_gauge(known.size()));
  }

  void take_reports() {
    constexpr std::size_t at_once = 1000;
    do {
      reports.clear();
      kafka->poll(reports, at_once);
      for (auto& x : reports) {
        auto outcome = outcome_of(x.error, std::move(x.message));
        outcome.partition = x.partition;
        outcome.offset = x.offset;
        // A broker that has the record already need not know where.
        if (outcome.error == emit_errc::none && x.offset < 0)
          outcome = {emit_errc::timeout,
                     "stored, but Kafka has not told where"};
        settle(in_flight.take(x.token), outcome);
      }
    } while (reports.size() == at_once);
  }

  /// librdkafka itself never gives up: after giving up a record that it has
  /// sent, it would send those that follow under a new epoch, which brokers
  /// take for new ones and store a second time (confluentinc/librdkafka#4953).
  /// So deadlines are ours. What is reported after its own is still of use to
  /// those who emit it again.
  void expire(clock::time_point now) {
    for (; waiting.has_expired(now); waiting.pop())
      settle(pending_of(waiting.front().record),
             {emit_errc::unavailable,
              "not even begun within kafka.delivery_timeout: too many events "
              "wait for Kafka on this node"});
    in_flight.each([&](pending_emit& x) {
      if (!x.emitter || x.deadline > now)
        return;
      log::limited(log_level::warning,
                   "an event is not confirmed within kafka.delivery_timeout",
                   x.route->settings.topic,
                   {{"topic", x.route->settings.topic}});
      answer(
        {std::exchange(x.emitter, emitter_actor{}), std::move(x.ack), x.cost},
        {emit_errc::timeout, "not confirmed within kafka.delivery_timeout"});
    });
  }

  /// What Kafka should have told the end of by now: it does not store it,
  /// although its brokers may answer.
  std::vector<std::string> overdue(clock::time_point now) {
    std::map<std::string_view, std::size_t> by_topic;
    in_flight.each([&](pending_emit& x) {
      if (x.route != nullptr && x.deadline <= now)
        ++by_topic[x.route->settings.topic];
    });
    std::vector<std::string> result;
    for (auto& [topic, n] : by_topic)
      result.push_back(
        "topic " + std::string{topic} + ": " + std::to_string(n)
        + " events are not confirmed within kafka.delivery_timeout");
    return result;
  }

  void start_client() {
    kafka = std::make_unique<kafka::producer>(settings, bell.ring());
    kafka->declare(topics);
  }

  /// A client that has failed takes nothing more, so that everything waits.
  /// What it has sent is reported first: it may be stored, and what comes after
  /// it must not overtake it.
  void replace_client() {
    kafka->purge_unsent();
    take_reports();
    if (kafka->in_flight() > 0 || clock::now() < next_client)
      return;
    next_client = clock::now() + client_pause;
    log::limited(log_level::error,
                 "Kafka's client library has failed; a new client goes on",
                 kafka->failure(), {{"why", kafka->failure()}});
    counters.failures->inc();
    // Its end takes as long as its threads need.
    retired = std::jthread{[old = std::move(kafka)]() mutable { old.reset(); }};
    start_client();
  }

  void schedule_tick() {
    self->run_delayed(tick, [this] {
      on_event();
      expire(clock::now());
      schedule_tick();
    });
  }

  // -- operation --------------------------------------------------------------

  producer_status status() {
    return {kafka->brokers(), in_flight.size() + waiting.size(),
            overdue(clock::now())};
  }

  caf::result<void> on_drain() {
    drains.push_back(self->make_response_promise<void>());
    auto result = drains.back();
    on_event();
    return result;
  }

  producer_actor::pointer self;
  kafka_options settings;
  std::vector<std::string> topics;
  wake_up<producer_actor, producer_event> bell;
  std::unique_ptr<kafka::producer> kafka;
  std::jthread retired;
  clock::time_point next_client{}; ///< no sooner
  // Bounded by librdkafka, and for repeated emits by what connections may have
  // unanswered.
  in_flight_table<pending_emit> in_flight;
  idempotency_table known;
  waiting_records waiting;
  std::size_t unanswered_bytes = 0; ///< of emits that are not answered yet
  std::vector<kafka::delivery_report> reports; // reused
  kafka::outgoing_record record;               // reused
  std::vector<caf::typed_response_promise<void>> drains;
  producer_counters counters;
};

} // namespace

producer_actor spawn_producer(actor_home home, const kafka_options& settings,
                              const std::vector<std::string>& topics,
                              const limits_options& limits) {
  return home.spawn<producer_actor, producer_state>(settings, topics, limits);
}

} // namespace weir
