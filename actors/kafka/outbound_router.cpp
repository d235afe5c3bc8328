#include "actors/kafka/outbound_router.hpp"

#include "actors/contract/log_key.hpp"
#include "actors/kafka/outbound_router_state.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "config/base/wall_clock.hpp"
#include "config/log.hpp"

#include <caf/message.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir {

namespace {

/// How often rooms are told how far they are.
constexpr auto moving_interval = std::chrono::seconds{5};

} // namespace

outbound_router_state::outbound_router_state(
  outbound_router_actor::pointer self, std::size_t credit, std::size_t replays)
  : self(self),
    credit(credit),
    budget(replays, std::max<std::size_t>(credit / replay_share, 1)),
    misplaced(count(self->system(), metrics::keys_misplaced)),
    granted(count(self->system(), metrics::credit_granted)),
    used(gauge(self->system(), metrics::credit_used)),
    replay_bytes(gauge(self->system(), metrics::replay_bytes)),
    replays_waiting(gauge(self->system(), metrics::replays_waiting)) {
}

outbound_router_actor::behavior_type outbound_router_state::make_behavior() {
  schedule_moving();
  return {
    [this](record_batch& x) { on_batch(std::move(x)); },
    [this](keys_added& x) { on_keys_added(std::move(x)); },
    [this](local_event& x) { on_local_event(std::move(x.event)); },
    [this](const partition_assigned& x) { on_assigned(x); },
    [this](const partition_revoked& x) { on_revoked(x); },
    [this](const topic_known& x) { on_topic_known(x); },
    [this](partitions_unreachable& x) { on_unreachable(std::move(x)); },
    [this](const add_room& x) { on_add_room(x); },
    [this](const remove_room& x) { on_remove_room(x); },
    [this](start_replay& x) { on_start_replay(std::move(x)); },
    [this](const pace_replay& x) { on_pace_replay(x); },
    [this](const stop_replay& x) { on_stop_replay(x); },
    [this](const grant_credit& x) { on_credit(x); },
    [this](relay_event& x) { on_relay(std::move(x)); },
  };
}

// -- ownership ----------------------------------------------------------------

void outbound_router_state::on_assigned(const partition_assigned& x) {
  kafka::topic_partition partition{x.topic, x.partition};
  forget(partition);
  topics[x.topic].owners[x.partition] = x.consumer;
  subscribe_to(partition);
  for (auto id : replays_of(partition))
    move_replay(id, x.consumer);
}

void outbound_router_state::on_revoked(const partition_revoked& x) {
  kafka::topic_partition partition{x.topic, x.partition};
  forget(partition);
  topics[x.topic].owners.erase(x.partition);
  for (auto id : replays_of(partition)) {
    subscriptions[id].consumer = nullptr;
    budget.leave(id);
  }
  begin_turns();
}

/// Drops a subscription, but not the position where it has got to.
void outbound_router_state::forget(const kafka::topic_partition& x) {
  auto& topic = topics[x.topic];
  auto i = topic.partitions.find(x.partition);
  if (i == topic.partitions.end())
    return;
  tell(self, subscriptions[i->second].consumer, unsubscribe{i->second});
  subscriptions.erase(i->second);
  topic.partitions.erase(i);
  if (topic.table.forget_problem(x.partition))
    tell_problems(topic);
}

/// Resumes where the last subscription has got to, once it is known which
/// keys belong there.
void outbound_router_state::subscribe_to(const kafka::topic_partition& x) {
  auto& topic = topics[x.topic];
  auto owner = topic.owners.find(x.partition);
  if (owner == topic.owners.end() || x.partition >= topic.table.count())
    return; // not known yet, or of a former topic that had more
  log_cursor at{topic.table.next_of(x.partition),
                topic.table.current().named(x.partition)};
  auto id = ++last_subscription;
  topic.partitions[x.partition] = id;
  subscriptions[id] = {x, owner->second, at, 0, false, {}};
  subscribe request{self,   id,    at.next(),          {},
                    credit, false, topic.table.count()};
  if (at.of().log != 0)
    request.keys.push_back(log_key(at.of().log, at.of().leader_epoch));
  for (auto& [key, rooms] : topic.rooms)
    if (topic.table.home_of(key) == x.partition) {
      request.keys.push_back(key);
      auto asked = subscriptions[id].questions.ask(key);
      for (auto& room : rooms)
        room.asked = asked;
    }
  note_granted(request.credit);
  tell(self, owner->second, std::move(request));
}

void outbound_router_state::note_granted(std::size_t bytes) {
  granted->inc(static_cast<std::int64_t>(bytes));
}

/// What comes next is not from where we are: something was missed, or comes
/// twice.
void outbound_router_state::make_up_for(std::uint32_t id, std::int64_t from) {
  auto lost = subscriptions[id];
  log::limited(log_level::warning,
               "what comes does not begin where the last batch ended: "
               "subscribing again",
               lost.partition.topic,
               {{"topic", lost.partition.topic},
                {"partition", lost.partition.partition},
                {"expected", lost.at.next()},
                {"from", from}});
  if (lost.replay)
    return move_replay(id, lost.consumer);
  forget(lost.partition);
  subscribe_to(lost.partition);
}

/// Keys belong elsewhere now: they are named there, and where they are no
/// longer named they come as misplaced ones, so that nothing is missed
/// whoever learns of it first.
void outbound_router_state::on_topic_known(const topic_known& x) {
  auto& topic = topics[x.topic];
  topic.table.set_problem(x.problem);
  tell_problems(topic);
  auto before = topic.table.count();
  if (x.partitions == 0 && before > 0)
    return end_topic(x.topic, topic);
  if (x.partitions == 0 || before == x.partitions)
    return;
  for (auto& y : topic.table.set_count(x.partitions))
    end_partition({x.topic, y.partition}, y.next);
  if (before > 0)
    tell_position(topic);
  for (auto& [partition, owner] : std::map{topic.owners}) {
    forget({x.topic, partition});
    subscribe_to({x.topic, partition});
  }
  for (auto& [key, rooms] : topic.rooms)
    for (auto& room : rooms)
      if (room.complete)
        tell(self, room.room, partition_added{topic.table.home_of(key)});
      else
        room.answered = false; // by another partition, maybe
  tell_reach(x.topic, topic);
  tell_problems(topic);
}

/// No room has it any more. Who reads it others may still have to say.
void outbound_router_state::end_topic(const std::string& name,
                                      topic_state& topic) {
  for (auto& [partition, owner] : topic.owners)
    forget({name, partition});
  topic.table = {};
  topic.is_mixed = false;
}

/// What was to come of it is gone.
void outbound_router_state::end_partition(const kafka::topic_partition& x,
                                          std::int64_t at) {
  forget(x);
  distribute(x, {0, at, 0, {}, 0});
}

// -- rooms --------------------------------------------------------------------

void outbound_router_state::on_add_room(const add_room& x) {
  auto& topic = topics[x.topic];
  auto& room = topic.rooms[x.key].emplace_back();
  room.room = x.room;
  room.number = topic.table.add_room();
  tell_reach(x.topic, topic, x.key, room);
  tell_problem(topic, x.key, room);
  // Also for a key that is served already: the answer comes in stream order
  // and is the one dependable statement of where the room begins.
  if (auto id = home_subscription(topic, x.key)) {
    room.asked = subscriptions[id].questions.ask(x.key);
    tell(self, subscriptions[id].consumer, add_keys{id, {x.key}, x.history});
  }
}

/// 0: there is none.
std::uint32_t outbound_router_state::home_subscription(const topic_state& topic,
                                                       std::string_view key) {
  if (topic.table.count() == 0)
    return 0;
  auto i = topic.partitions.find(topic.table.home_of(key));
  return i == topic.partitions.end() ? 0 : i->second;
}

void outbound_router_state::on_remove_room(const remove_room& x) {
  stop_replays(x.room);
  auto& topic = topics[x.topic];
  auto i = topic.rooms.find(x.key);
  if (i == topic.rooms.end())
    return;
  std::erase_if(i->second, [&](auto& y) { return y.room == x.room; });
  if (!i->second.empty())
    return;
  topic.rooms.erase(i);
  if (auto id = home_subscription(topic, x.key))
    tell(self, subscriptions[id].consumer, remove_keys{id, {x.key}});
}

/// Quiet rooms move on too: their members could not resume in the end where
/// they are, as retention deletes.
void outbound_router_state::schedule_moving() {
  self->run_delayed(moving_interval, [this] {
    for (auto& [name, topic] : topics) {
      topic.table.forget_misplaced(unix_seconds());
      tell_position(topic);
    }
    schedule_moving();
  });
}

void outbound_router_state::tell_position(topic_state& topic) {
  auto content = caf::make_message(room_moved{topic.table.share()});
  for (auto& [key, rooms] : topic.rooms)
    for (auto& x : rooms)
      if (x.complete)
        tell_shared(self, x.room, content);
}

// -- events that never touch Kafka --------------------------------------------

void outbound_router_state::on_relay(relay_event x) {
  auto& topic = topics[x.topic];
  if (auto id = home_subscription(topic, x.key))
    tell(self, subscriptions[id].consumer, std::move(x));
}

void outbound_router_state::on_local_event(relay_event x) {
  auto& topic = topics[x.topic];
  auto rooms = topic.rooms.find(x.key);
  if (rooms == topic.rooms.end())
    return;
  broadcast_local message{
    x.nsp,
    std::move(x.room),
    {},
    std::make_shared<const std::string>(std::move(x.frames))};
  for (auto& y : rooms->second)
    tell(self, y.room, message);
}

outbound_router_actor spawn_outbound_router(actor_executor executor,
                                            std::size_t credit,
                                            std::size_t replays) {
  return executor.spawn<outbound_router_actor, outbound_router_state>(credit,
                                                                      replays);
}

} // namespace weir
