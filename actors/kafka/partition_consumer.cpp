#include "actors/kafka/partition_consumer.hpp"

#include "actors/contract/cursor.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/kafka/partition_consumer_state.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "config/options/replay_window.hpp"

#include <utility>

namespace weir {

namespace {

/// Bytes of local events that a subscriber gets between two ticks; what comes
/// beyond that is dropped.
constexpr std::size_t relay_limit = replay_reader::max_step_bytes;

} // namespace

partition_consumer_state::partition_consumer_state(
  partition_consumer_actor::pointer self, partition_consumer_options options,
  const partition_log& log, consumer_group_actor group)
  : self(self),
    options(std::move(options)),
    group(std::move(group)),
    self_notifier(partition_consumer_actor{self}),
    source(log.open(self_notifier.callback())),
    replays([this, reopen = log.reopen](
              kafka::log_position x) { return reopen_log(reopen, x); },
            [this](const subscriber_actor& to, subscription& wants,
                   record_batch x) { send(to, wants, std::move(x)); },
            epochs.read(), this->options.tail_cache / window_share),
    cached(gauge(self->system(), metrics::tail_cache_bytes)),
    available(gauge(self->system(), metrics::credit_available)),
    held(gauge(self->system(), metrics::partitions_paused)),
    stalls(count(self->system(), metrics::credit_stalls, "partition")),
    hits(count(self->system(), metrics::tail_cache_requests, "hit")),
    misses(count(self->system(), metrics::tail_cache_requests, "miss")),
    dropped(count(self->system(), metrics::local_events_dropped)),
    heat(this->options.partition) {
  this->options.heat->add(heat);
}

partition_consumer_state::~partition_consumer_state() {
  options.heat->remove(heat);
  show_credit(0);
  show_cached(0);
  show_held(false);
}

partition_consumer_actor::behavior_type
partition_consumer_state::make_behavior() {
  watch(*this, group);
  self_notifier.open(self);
  schedule_tick();
  return {
    [this](subscribe& x) { on_subscribe(std::move(x)); },
    [this](add_keys& x) { on_add_keys(std::move(x), sender()); },
    [this](remove_keys& x) { on_remove_keys(std::move(x), sender()); },
    [this](unsubscribe x) { on_unsubscribe(x, sender()); },
    [this](grant_credit x) { on_credit(x, sender()); },
    [this](relay_event& x) { on_relay(std::move(x), sender()); },
    [this](records_ready) {
      pumping = false;
      pump();
    },
    [this](revoke_partition) { return on_revoke(); },
  };
}

// -- subscribers --------------------------------------------------------------

caf::actor_addr partition_consumer_state::sender() const {
  return caf::actor_cast<caf::actor_addr>(self->current_sender());
}

/// Without a cursor, a subscription begins now. One that has come before the
/// partition's start was known begins there: a partition may be new, and then
/// there are members who are to miss nothing of it.
void partition_consumer_state::on_subscribe(subscribe x) {
  if (watched.insert(x.subscriber.address()).second)
    watch(*this, x.subscriber);
  if (!x.replay)
    note_listener(x.subscriber, x.subscription);
  if (start_cache()) {
    look_at_log();
    begin(std::move(x), cache->end());
  } else {
    early.push_back([this, x = std::move(x)] {
      if (watched.contains(x.subscriber.address()))
        begin(x, cache->begin());
    });
  }
}

void partition_consumer_state::on_add_keys(add_keys x,
                                           const caf::actor_addr& who) {
  if (!start_cache())
    return early.push_back([=, this] { on_add_keys(x, who); });
  auto* wants = find(who, x.subscription);
  if (wants == nullptr)
    return;
  auto subscriber = caf::actor_cast<subscriber_actor>(who);
  if (is_ahead(*wants) || is_in_doubt(*wants))
    wants->skip(wants->delivered_to());
  report_scanned(subscriber, *wants);
  auto answer = answer_to(*wants, x.keys, wants->delivered_to());
  if (x.history > 0)
    answer.history = cache->find_last(x.history, x.keys.front(), answer.offset);
  if (!replays.add_keys(who, x.subscription, x.keys))
    wants->add(x.keys);
  tell(self, subscriber, std::move(answer));
}

/// Its cursor comes to where was looked: what it learns of a position is of
/// where its batches have got to.
void partition_consumer_state::report_scanned(const subscriber_actor& who,
                                              subscription& wants) {
  if (wants.delivered_to() >= wants.scanned_to())
    return;
  record_batch batch{wants.id(), wants.delivered_to(), wants.scanned_to(), {}};
  wants.serve(batch.to, 0);
  send(who, wants, std::move(batch));
}

void partition_consumer_state::on_remove_keys(remove_keys x,
                                              const caf::actor_addr& who) {
  if (!start_cache())
    return early.push_back([=, this] { on_remove_keys(x, who); });
  if (replays.remove_keys(who, x.subscription, x.keys))
    return;
  if (auto* wants = find(who, x.subscription))
    wants->remove(x.keys);
}

void partition_consumer_state::on_unsubscribe(unsubscribe x,
                                              const caf::actor_addr& who) {
  if (!start_cache())
    return early.push_back([=, this] { on_unsubscribe(x, who); });
  if (auto y = listeners.find(who);
      y != listeners.end() && y->second.subscription == x.subscription)
    listeners.erase(y);
  replays.remove(who, x.subscription);
  auto i = subscribers.find(who);
  if (i != subscribers.end() && i->second.wants.id() == x.subscription)
    subscribers.erase(i);
}

void partition_consumer_state::on_credit(grant_credit x,
                                         const caf::actor_addr& who) {
  if (!start_cache())
    return early.push_back([=, this] { on_credit(x, who); });
  if (auto* wants = find(who, x.subscription)) {
    wants->credit().grant(x.bytes);
    pump();
  }
}

/// Best effort: who is behind gets none.
void partition_consumer_state::on_relay(relay_event x,
                                        const caf::actor_addr& who) {
  local_event message{std::move(x)};
  auto& event = message.event;
  for (auto& [address, y] : subscribers) {
    if (address == who || !y.wants.keys().contains(event.key))
      continue;
    if (y.relayed + event.frames.size() > relay_limit) {
      dropped->inc();
      continue;
    }
    y.relayed += event.frames.size();
    tell(self, y.handle, message);
  }
}

void partition_consumer_state::on_down(const caf::actor_addr& who,
                                       const caf::error& reason) {
  if (who == group.address())
    self->quit(reason);
  watched.erase(who);
  listeners.erase(who);
  subscribers.erase(who);
  replays.remove(who);
}

/// Null: the sender has subscribed again meanwhile.
subscription* partition_consumer_state::find(const caf::actor_addr& who,
                                             std::uint32_t id) {
  auto i = subscribers.find(who);
  return i != subscribers.end() && i->second.wants.id() == id
           ? &i->second.wants
           : replays.find(who, id);
}

// -- what keeps it from being read --------------------------------------------

void partition_consumer_state::note_listener(const subscriber_actor& who,
                                             std::uint32_t id) {
  auto& x = listeners[who.address()] = {who, id};
  if (!problem.empty())
    tell_problem(x);
}

/// Members of all nodes wait for it.
void partition_consumer_state::look_for_problem() {
  auto& found = source->problem();
  auto why = found ? "partition " + name_of_partition() + ": " + found.message
                   : std::string{};
  if (std::exchange(problem, why) != why)
    for (auto& [who, x] : listeners)
      tell_problem(x);
}

void partition_consumer_state::tell_problem(const listener& x) {
  auto* wants = find(x.handle.address(), x.subscription);
  tell(self, x.handle,
       keys_added{x.subscription,
                  {problem_key(problem)},
                  wants ? wants->delivered_to() : cursor::unknown});
}

std::string partition_consumer_state::name_of_partition() const {
  return options.partition.topic + "/"
         + std::to_string(options.partition.partition);
}

partition_consumer_actor
spawn_partition_consumer(actor_executor executor,
                         partition_consumer_options options, partition_log log,
                         consumer_group_actor group) {
  return executor.spawn<partition_consumer_actor, partition_consumer_state>(
    std::move(options), std::move(log), std::move(group));
}

} // namespace weir
