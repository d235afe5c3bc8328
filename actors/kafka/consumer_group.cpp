#include "actors/kafka/consumer_group.hpp"

#include "actors/kafka/consumer_group_state.hpp"
#include "actors/kafka/kafka_errors.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"

#include <chrono>
#include <utility>

namespace weir {

namespace {

/// How often the group is served when nothing happens: librdkafka wants a sign
/// of life (`max.poll.interval.ms`).
constexpr auto tick = std::chrono::milliseconds{100};

} // namespace

consumer_group_state::consumer_group_state(consumer_group_actor::pointer self,
                                           consumer_group_options options,
                                           group_keeper_actor keeper)
  : self(self),
    options(std::move(options)),
    keeper(std::move(keeper)),
    self_notifier(consumer_group_actor{self}),
    kafka(std::make_unique<kafka::consumer>(this->options.kafka,
                                            this->options.cluster, *this,
                                            self_notifier.callback())),
    reader(std::make_shared<kafka::log_reader>(
      this->options.kafka, this->options.cluster,
      [system = &self->system()](const kafka::kafka_error& x) {
        report_kafka_error(*system, "log reader", x);
      })),
    outside(std::make_unique<kafka::interim_reader>(
      this->options.kafka, this->options.cluster, self_notifier.callback(),
      [system = &self->system()](const kafka::kafka_error& x) {
        report_kafka_error(*system, "interim reader", x);
      })) {
}

consumer_group_actor::behavior_type consumer_group_state::make_behavior() {
  self_notifier.open(self);
  schedule_tick();
  schedule_commit();
  if (is_alone)
    kafka->subscribe(options.topics);
  else
    kafka->watch(options.topics);
  return {
    [this](group_event) { serve(); },
    [this](read_interim& x) { on_read_interim(std::move(x)); },
    [this](commit_position& x) { on_position(std::move(x)); },
    [this](query_status x) { return x.is_brief ? brief() : status(); },
    [this](check_topics& x) { return on_check(std::move(x)); },
    [this](use_topics& x) { on_topics(std::move(x)); },
    [this](drain) { return on_drain(); },
  };
}

caf::actor_clock::time_point consumer_group_state::now() const {
  return self->clock().now();
}

void consumer_group_state::schedule_tick() {
  self->run_delayed(tick, [this] {
    serve();
    if (kafka)
      report_if_due();
    schedule_tick();
  });
}

void consumer_group_state::schedule_commit() {
  self->run_delayed(options.commit_interval, [this] {
    commit_changes();
    schedule_commit();
  });
}

void consumer_group_state::serve() {
  if (!kafka)
    return;
  kafka->poll();
  if (auto x = kafka->take_figures())
    figures.show(*x);
  outside->poll();
  settle_interim();
  if (leaving && kafka->closed()) {
    kafka.reset();
    for (auto& x : std::exchange(drained, {}))
      x.deliver();
  }
}

void consumer_group_state::on_error(const kafka::kafka_error& error,
                                    bool fatal) {
  report_kafka_error(self->system(), "consumer", error);
  if (error.code == "GROUP_AUTHORIZATION_FAILED")
    group_is_refused = true;
  if (!fatal)
    return;
  log::error("Kafka consumer failed, another one takes its place",
             {{"why", error.message}});
  assigned_once = false;
  if (is_alone)
    return; // nobody else is in question
  is_fenced = true;
  leave_for_now(error.message);
}

caf::result<void> consumer_group_state::on_drain() {
  auto answer = self->make_response_promise<void>();
  if (!kafka) {
    answer.deliver();
    return answer;
  }
  drained.push_back(answer);
  if (!std::exchange(leaving, true))
    leave();
  return answer;
}

void consumer_group_state::leave() {
  tell(self, keeper, group_leaving{});
  wanted.clear();
  settle_interim();
  std::vector<kafka::topic_partition> all;
  for (auto& [x, consumer] : consumers)
    all.push_back(x);
  stop(all, [this, all] {
    kafka->commit(positions.of(all));
    kafka->close();
    serve();
  });
}

consumer_group_actor spawn_consumer_group(actor_executor executor,
                                          consumer_group_options options,
                                          group_keeper_actor keeper) {
  return executor.spawn<consumer_group_actor, consumer_group_state>(
    std::move(options), std::move(keeper));
}

} // namespace weir
