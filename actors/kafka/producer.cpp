#include "actors/kafka/producer.hpp"

#include "actors/contract/operation.hpp"
#include "actors/kafka/emit_outcome.hpp"
#include "actors/kafka/in_flight_table.hpp"
#include "actors/kafka/kafka_errors.hpp"
#include "actors/kafka/producer_pool.hpp"
#include "actors/kafka/waiting_records.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/runtime/notifier.hpp"
#include "config/log.hpp"
#include "transport/kafka/producer.hpp"

#include <algorithm>
#include <memory>
#include <string>
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
    repeats = count(system, metrics::emits_deduplicated);
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

/// A drain that is answered once this PRODUCER and all that it leads have
/// nothing left.
struct pending_drain {
  caf::typed_response_promise<void> reply;
  std::shared_ptr<std::size_t> others; ///< that have not answered yet
};

struct producer_state {
  static inline const char* name = "weir.producer";

  producer_state(producer_actor::pointer self, std::size_t index,
                 std::shared_ptr<producer_pool> shared,
                 std::chrono::milliseconds delivery_timeout)
    : self(self),
      index(index),
      pool(std::move(shared)),
      delivery_timeout(delivery_timeout),
      self_notifier(producer_actor{self}),
      waiting(pool->waiting),
      parts(pool->size()),
      counters(self->system()) {
    if (!leads())
      return;
    counters.queue_limit->value(to_gauge(pool->waiting.limit()));
    counters.ids_limit->value(to_gauge(pool->ids_limit()));
    pool->start_client(self_notifier.callback());
  }

  /// Takes librdkafka's reports and answers for all.
  bool leads() const { return index == pool->leader(); }

  producer_actor::behavior_type make_behavior() {
    if (leads())
      self_notifier.open(self);
    schedule_tick();
    return {
      [this](produce_record& x) { on_record(x); },
      [this](producer_event& x) { on_event(std::move(x)); },
      [this](query_status) { return status(); },
      [this](drain) { return on_drain(); },
    };
  }

  // -- emits ------------------------------------------------------------------

  void on_record(produce_record& x) {
    auto deadline = clock::now() + delivery_timeout;
    unanswered_bytes += x.cost;
    if (x.identity && !is_fresh(x, deadline))
      return;
    if (waiting.empty() && try_produce(x, deadline))
      return;
    if (waiting.push(x, deadline))
      pool->set_waiting(index, true);
    else
      settle(pending_of(x), {emit_errc::unavailable,
                             "too many events wait for Kafka on this node"});
  }

  /// False: the emit has come before, and is or will be answered.
  bool is_fresh(produce_record& x, clock::time_point deadline) {
    using verdict = idempotency_table::verdict;
    auto found = pool->look_up(*x.identity,
                               [&] { return add_repeat(x, deadline); });
    if (found.what != verdict::fresh && found.what != verdict::other_content)
      counters.repeats->inc();
    if (found.what != verdict::fresh && found.what != verdict::in_flight) {
      auto outcome = repeated(found, x);
      answer(pending_of(x), outcome);
    }
    return found.what == verdict::fresh;
  }

  /// Whatever becomes of the first is the repeat's answer, and no more. Should
  /// it not even begin, its loop knows it first.
  std::uint64_t add_repeat(produce_record& x, clock::time_point deadline) {
    auto pending = pending_of(x);
    pending.identity.reset();
    pending.deadline = deadline + 2 * tick;
    return to_token(index, in_flight.add(std::move(pending)));
  }

  /// False: librdkafka has no place for it now, or would keep it in vain, and
  /// the record is untouched. What waits here is certainly not stored, while of
  /// what librdkafka has nobody knows.
  bool try_produce(produce_record& x, clock::time_point deadline) {
    if (!pool->is_reachable())
      return false;
    record.headers.clear();
    x.record.append_headers(record.headers);
    record.topic = x.route->settings.topic;
    record.key = x.key;
    record.value = x.record.value();
    auto pending = pending_of(x);
    pending.deadline = deadline;
    auto number = in_flight.add(std::move(pending));
    record.token = to_token(index, number);
    std::string why;
    auto error = pool->produce(record, why);
    if (error == kafka::produce_errc::none)
      return true;
    auto back = in_flight.take(number);
    if (error == kafka::produce_errc::queue_full
        || error == kafka::produce_errc::fatal) { // see replace_client
      x.emitter = std::move(back.emitter);
      x.ack = std::move(back.ack);
      return false;
    }
    settle(std::move(back), outcome_of(error, std::move(why)));
    return true;
  }

  void produce_waiting() {
    while (!waiting.empty()) {
      auto& [next, deadline] = waiting.front();
      if (!try_produce(next, deadline))
        break;
      waiting.pop();
    }
    pool->set_waiting(index, !waiting.empty());
  }

  // -- answers ----------------------------------------------------------------

  /// The end of a record: answers its emit, and those that repeat it, on
  /// whatever loop.
  void settle(pending_emit x, const emit_outcome& outcome) {
    std::vector<std::uint64_t> repeats;
    if (x.identity)
      repeats = pool->settle(x.identity->id, outcome);
    answer(std::move(x), outcome);
    for (auto token : repeats) {
      auto whose = producer_of(token);
      if (whose == index)
        answer(in_flight.take(number_of(token)), outcome);
      else
        tell(self, pool->at(whose),
             producer_event{{{number_of(token), outcome}}});
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

  void on_event(producer_event x = {}) {
    for (auto& [number, outcome] : x.records)
      settle(in_flight.take(number), outcome);
    if (leads())
      serve_client();
    produce_waiting();
    show();
    finish_drains();
  }

  void serve_client() {
    auto& kafka = pool->client();
    take_reports();
    for (auto& x : kafka.take_errors())
      report_kafka_error(self->system(), "producer", x);
    if (auto n = kafka.take_resent(); n > 0)
      counters.resent->inc(to_gauge(n));
    if (!kafka.failure().empty())
      replace_client();
    call_those_who_wait();
  }

  void show() {
    auto records = to_gauge(in_flight.size() + waiting.size());
    counters.unanswered->inc(records - std::exchange(shown_records, records));
    auto bytes = to_gauge(unanswered_bytes);
    counters.unanswered_bytes->inc(bytes - std::exchange(shown_bytes, bytes));
    counters.queue_bytes->value(to_gauge(pool->waiting.used()));
    counters.ids->value(to_gauge(pool->known_ids()));
  }

  void take_reports() {
    constexpr std::size_t at_once = 1000;
    do {
      reports.clear();
      pool->client().poll(reports, at_once);
      hand_out();
    } while (reports.size() == at_once);
  }

  /// Each report goes where its record came from, many in one message.
  void hand_out() {
    for (auto& x : reports)
      parts[producer_of(x.token)].records.push_back(
        {number_of(x.token), outcome_of(std::move(x))});
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].records.empty())
        continue;
      auto part = std::exchange(parts[i], {});
      if (i != index)
        tell(self, pool->at(i), std::move(part));
      else
        for (auto& [number, outcome] : part.records)
          settle(in_flight.take(number), outcome);
    }
  }

  /// There may be a place for their records now, or a broker.
  void call_those_who_wait() {
    for (std::size_t i = 0; i < pool->size(); ++i)
      if (i != index && pool->is_waiting(i))
        tell(self, pool->at(i), producer_event{});
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

  /// What Kafka should have told the end of by now counts: it does not store
  /// it, although its brokers may answer.
  producer_pool::unsettled unsettled(clock::time_point now) {
    producer_pool::unsettled result;
    result.records = in_flight.size() + waiting.size();
    in_flight.each([&](pending_emit& x) {
      if (x.route != nullptr && x.deadline <= now)
        ++result.overdue[x.route->settings.topic];
    });
    return result;
  }

  /// A client that has failed takes nothing more, so that everything waits.
  /// What it has sent is reported first: it may be stored, and what comes after
  /// it must not overtake it.
  void replace_client() {
    pool->client().purge_unsent();
    take_reports();
    if (clock::now() < next_client)
      return;
    auto why = pool->client().failure();
    auto old = pool->retire_client();
    if (!old)
      return;
    next_client = clock::now() + client_pause;
    log::limited(log_level::error,
                 "Kafka's client library has failed; a new client continues",
                 why, {{"why", why}});
    counters.failures->inc();
    // Its end takes as long as its threads need.
    retired = std::jthread{[old = std::move(old)]() mutable { old.reset(); }};
    pool->start_client(self_notifier.callback());
  }

  void schedule_tick() {
    self->run_delayed(tick, [this] {
      on_event();
      auto now = clock::now();
      pool->show(index, unsettled(now));
      expire(now);
      schedule_tick();
    });
  }

  // -- operation --------------------------------------------------------------

  producer_status status() {
    pool->show(index, unsettled(clock::now()));
    auto all = pool->total();
    producer_status result{pool->client().brokers(), all.records, {}};
    for (auto& [topic, n] : all.overdue)
      result.reasons.push_back(
        "topic " + topic + ": " + std::to_string(n)
        + " events are not confirmed within kafka.delivery_timeout");
    return result;
  }

  caf::result<void> on_drain() {
    pending_drain x{self->make_response_promise<void>(),
                    std::make_shared<std::size_t>(0)};
    if (leads())
      drain_others(x.others);
    drains.push_back(x);
    on_event();
    return x.reply;
  }

  void drain_others(const std::shared_ptr<std::size_t>& left) {
    for (std::size_t i = 0; i < index; ++i) {
      ++*left;
      auto on_end = [this, left] {
        --*left;
        finish_drains();
      };
      self->request(pool->at(i), caf::infinite, drain{})
        .then(on_end, [on_end](const caf::error&) { on_end(); });
    }
  }

  void finish_drains() {
    if (!in_flight.empty() || !waiting.empty())
      return;
    auto done = std::partition(drains.begin(), drains.end(),
                               [](auto& x) { return *x.others > 0; });
    for (auto i = done; i != drains.end(); ++i)
      i->reply.deliver();
    drains.erase(done, drains.end());
  }

  producer_actor::pointer self;
  std::size_t index; ///< in the pool
  std::shared_ptr<producer_pool> pool;
  std::chrono::milliseconds delivery_timeout;
  notifier<producer_actor, producer_event> self_notifier;
  std::jthread retired;
  clock::time_point next_client{}; ///< no sooner
  // Bounded by librdkafka, and for repeated emits by what connections may have
  // unanswered.
  in_flight_table<pending_emit> in_flight;
  waiting_records waiting;
  std::size_t unanswered_bytes = 0; ///< of emits that are not answered yet
  std::int64_t shown_records = 0;   ///< of the metrics, which all share
  std::int64_t shown_bytes = 0;
  std::vector<kafka::delivery_report> reports; // reused
  std::vector<producer_event> parts;           // reused, by producer
  kafka::outgoing_record record;               // reused
  std::vector<pending_drain> drains;
  producer_counters counters;
};

} // namespace

std::vector<producer_actor>
spawn_producers(const std::vector<actor_executor>& executors,
                const kafka_options& settings,
                const std::vector<std::string>& topics,
                const limits_options& limits) {
  auto pool = std::make_shared<producer_pool>(settings, topics, limits,
                                              executors.size());
  std::vector<producer_actor> result(executors.size());
  // The leader first: if librdkafka refuses a property, there is no other one.
  for (auto i = executors.size(); i-- > 0;) {
    result[i] = executors[i].spawn<producer_actor, producer_state>(
      i, pool, settings.delivery_timeout);
    pool->add(i, result[i]);
  }
  return result;
}

} // namespace weir
