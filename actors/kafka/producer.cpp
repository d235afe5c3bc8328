#include "actors/kafka/producer.hpp"

#include "actors/contract/operation.hpp"
#include "actors/kafka/emit_answers.hpp"
#include "actors/kafka/emit_outcome.hpp"
#include "actors/kafka/in_flight_table.hpp"
#include "actors/kafka/pending_drains.hpp"
#include "actors/kafka/producer_counters.hpp"
#include "actors/kafka/producer_lead.hpp"
#include "actors/kafka/producer_pool.hpp"
#include "actors/kafka/waiting_records.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/notifier.hpp"
#include "config/log.hpp"
#include "transport/kafka/producer.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

using clock = std::chrono::steady_clock;

/// How often the brokers' state is taken in, and deadlines are looked at, when
/// nothing else happens.
constexpr auto tick = std::chrono::milliseconds{200};

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
      drains(self),
      counters(self->system()) {
    if (index != pool->leader())
      return;
    counters.show_limits(*pool);
    lead = std::make_unique<producer_lead>(self, pool,
                                           self_notifier.callback());
  }

  producer_actor::behavior_type make_behavior() {
    if (lead)
      self_notifier.open(self);
    schedule_tick();
    return {
      [this](produce_records& x) { on_records(x.all); },
      [this](const producer_event& x) { on_event(x); },
      [this](const declare_topics& x) { pool->declare(x.topics); },
      [this](query_status) { return status(); },
      [this](drain) { return on_drain(); },
    };
  }

  // -- emits ------------------------------------------------------------------

  void on_records(std::vector<produce_record>& all) {
    auto client = pool->lend_client();
    auto deadline = clock::now() + delivery_timeout;
    for (auto& x : all)
      on_record(x, deadline, client);
    answers.send(self);
  }

  void on_record(produce_record& x, clock::time_point deadline,
                 const producer_pool::loan& client) {
    unanswered_bytes += x.cost;
    if (x.identity && !is_fresh(x, deadline))
      return;
    if (waiting.empty() && try_produce(x, deadline, client))
      return;
    auto is_first = waiting.empty();
    if (waiting.push(x, deadline))
      note_waiting(is_first);
    else
      settle(pending_of(x), {emit_errc::unavailable,
                             "too many events wait for Kafka on this node"});
  }

  void note_waiting(bool is_first) {
    pool->set_waiting(index, true);
    if (is_first)
      counters.stalls->inc();
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
  bool try_produce(produce_record& x, clock::time_point deadline,
                   const producer_pool::loan& client) {
    if (!client.is_reachable())
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
    auto error = client.produce(record, why);
    if (error == kafka::produce_errc::none)
      return true;
    auto back = in_flight.take(number);
    if (error == kafka::produce_errc::queue_full
        || error == kafka::produce_errc::fatal) { // there will be a new client
      x.emitter = std::move(back.emitter);
      x.ack = std::move(back.ack);
      return false;
    }
    settle(std::move(back), outcome_of(error, std::move(why)));
    return true;
  }

  void produce_waiting() {
    if (!waiting.empty())
      hand_over_waiting(pool->lend_client());
    pool->set_waiting(index, !waiting.empty());
  }

  void hand_over_waiting(const producer_pool::loan& client) {
    while (!waiting.empty()) {
      auto& [next, deadline] = waiting.front();
      if (!try_produce(next, deadline, client))
        break;
      waiting.pop();
    }
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
    end_span(x.ack, outcome);
    answers.add(std::move(emitter), answer_of(std::move(x), outcome));
  }

  // -- librdkafka -------------------------------------------------------------

  void on_event(const producer_event& x = {}) {
    settle_all(x);
    if (lead)
      settle_all(lead->serve());
    produce_waiting();
    answers.send(self);
    counters.show(*pool, in_flight.size() + waiting.size(), unanswered_bytes);
    finish_drains();
  }

  void settle_all(const producer_event& x) {
    for (auto& [number, outcome] : x.records)
      settle(in_flight.take(number), outcome);
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

  void schedule_tick() {
    self->run_delayed(tick, [this] {
      on_event();
      auto now = clock::now();
      pool->show(index, unsettled(now));
      expire(now);
      answers.send(self);
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
    auto result = drains.add(lead ? pool->led() : std::vector<producer_actor>{},
                             [this] { finish_drains(); });
    on_event();
    return result;
  }

  void finish_drains() {
    if (in_flight.empty() && waiting.empty())
      drains.finish();
  }

  producer_actor::pointer self;
  std::size_t index; ///< in the pool
  std::shared_ptr<producer_pool> pool;
  std::chrono::milliseconds delivery_timeout;
  notifier<producer_actor, producer_event> self_notifier;
  std::unique_ptr<producer_lead> lead; ///< null: another one leads
  // Bounded by librdkafka, and for repeated emits by what connections may have
  // unanswered.
  in_flight_table<pending_emit> in_flight;
  waiting_records waiting;
  std::size_t unanswered_bytes = 0; ///< of emits that are not answered yet
  kafka::outgoing_record record;    // reused
  emit_answers answers;             ///< of this turn
  pending_drains drains;
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
