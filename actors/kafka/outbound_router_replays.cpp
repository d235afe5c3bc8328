#include "actors/contract/log_key.hpp"
#include "actors/contract/record_block.hpp"
#include "actors/kafka/outbound_router_state.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir {

namespace {

/// A tick of `replay_budget`.
constexpr auto turn_interval = std::chrono::seconds{1};

} // namespace

// -- replays ------------------------------------------------------------------

void outbound_router_state::on_start_replay(start_replay x) {
  kafka::topic_partition partition{x.topic, x.partition};
  auto& known = topics[x.topic].partitions;
  auto live = known.find(x.partition);
  auto consumer = live == known.end() ? partition_consumer_actor{}
                                      : subscriptions[live->second].consumer;
  auto id = ++last_subscription;
  replays[{x.room.address(), x.replay}] = id;
  auto of = topics[x.topic].table.current().named(x.partition);
  if (x.of.log == of.log && x.of.leader_epoch >= 0)
    of = x.of;
  log_cursor at{x.from, of};
  subscriptions[id] = {std::move(partition), consumer, at, 0, true,
                       std::move(x)};
  await_turn(id);
}

/// Where nobody has the partition, it waits for that first; or for its room.
void outbound_router_state::await_turn(std::uint32_t id) {
  auto& x = subscriptions.at(id);
  if (x.consumer && !x.is_paused)
    budget.wait(id);
  begin_turns();
}

void outbound_router_state::begin_turns() {
  while (auto turn = budget.next()) {
    auto& x = subscriptions.at(turn->id);
    if (std::exchange(x.is_open, true)) {
      grant(turn->id, x, turn->credit);
      continue;
    }
    note_granted(turn->credit);
    subscribe request{self,         turn->id, x.at.next(), {x.replay->key},
                      turn->credit, true};
    if (x.at.of().log != 0)
      request.keys.push_back(log_key(x.at.of().log, x.at.of().leader_epoch));
    tell(self, x.consumer, std::move(request));
  }
  replay_bytes->value(static_cast<std::int64_t>(budget.used()));
  replays_waiting->value(static_cast<std::int64_t>(budget.waiting()));
  if (budget.waiting() > 0)
    watch_turns();
}

void outbound_router_state::watch_turns() {
  if (std::exchange(is_watching_turns, true))
    return;
  count(self->system(), metrics::credit_stalls, "room")->inc();
  log::limited(log_level::info,
               "rooms wait for their turn to catch up: limits.replays is "
               "used up",
               "", {{"used", budget.used()}, {"waiting", budget.waiting()}});
  self->run_delayed(turn_interval, [this] {
    is_watching_turns = false;
    for (auto id : budget.tick())
      end_turn(id);
    begin_turns();
  });
}

/// Its reader does not answer: it waits again, behind all others.
void outbound_router_state::end_turn(std::uint32_t id) {
  move_replay(id, subscriptions.at(id).consumer);
}

/// While its room takes nothing it needs no turn; what it has been granted
/// comes all the same.
void outbound_router_state::on_pace_replay(const pace_replay& x) {
  auto i = replays.find({x.room.address(), x.replay});
  if (i == replays.end())
    return;
  auto id = i->second;
  subscriptions.at(id).is_paused = x.pauses;
  if (budget.has_turn(id))
    return continue_replay(id, subscriptions.at(id));
  budget.stop_waiting(id);
  await_turn(id);
}

void outbound_router_state::on_stop_replay(const stop_replay& x) {
  auto i = replays.find({x.room.address(), x.replay});
  if (i == replays.end())
    return;
  end_replay(i->second);
  replays.erase(i);
  begin_turns();
}

void outbound_router_state::end_replay(std::uint32_t id) {
  if (auto& consumer = subscriptions[id].consumer)
    tell(self, consumer, unsubscribe{id});
  subscriptions.erase(id);
  budget.leave(id);
}

/// Resumes at its cursor under a new number, when it has its turn.
void outbound_router_state::move_replay(std::uint32_t id,
                                        partition_consumer_actor consumer) {
  auto x = subscriptions[id];
  end_replay(id);
  auto moved = ++last_subscription;
  if (x.consumer != consumer && !x.early.empty()) {
    // The live flow may come by there in what has replaced it.
    x.at.begin(x.early.begin());
    x.early.clear();
  }
  x.consumer = std::move(consumer);
  x.is_open = false;
  replays[{x.replay->room.address(), x.replay->replay}] = moved;
  if (!x.early.empty())
    ahead.insert(moved);
  subscriptions[moved] = std::move(x);
  await_turn(moved);
}

std::vector<std::uint32_t>
outbound_router_state::replays_of(const kafka::topic_partition& x) const {
  std::vector<std::uint32_t> result;
  for (auto& [id, y] : subscriptions)
    if (y.replay && y.partition == x)
      result.push_back(id);
  std::sort(result.begin(), result.end()); // who came first is first
  return result;
}

void outbound_router_state::stop_replays(const room_actor& room) {
  auto i = replays.lower_bound({room.address(), 0});
  while (i != replays.end() && i->first.first == room.address()) {
    end_replay(i->second);
    i = replays.erase(i);
  }
  begin_turns();
}

void outbound_router_state::continue_replay(std::uint32_t id,
                                            const subscription_state& x) {
  if (!x.is_paused)
    grant(id, x, budget.top_up(id));
  if (auto debt = budget.end_used_up(id)) {
    grant(id, x, *debt);
    await_turn(id);
  } else {
    begin_turns();
  }
}

// -- what they read -----------------------------------------------------------

void outbound_router_state::on_replayed(std::uint32_t id,
                                        subscription_state& to,
                                        record_batch x) {
  if (x.to < x.from)
    return to.early.cut(x.to); // the room hears of it by the live flow
  grant(id, to, budget.take(id, x.records.size()));
  auto lease = x.records.empty() ? nullptr : lease_of(x);
  to.early.add({std::move(x), std::move(lease)});
  pass_on_early(id, to);
}

/// The live flow of the partition has moved.
void outbound_router_state::pass_on_early(
  const kafka::topic_partition& partition) {
  for (auto id : std::set{ahead})
    if (auto i = subscriptions.find(id); i == subscriptions.end())
      ahead.erase(id);
    else if (i->second.partition == partition)
      pass_on_early(id, i->second);
}

void outbound_router_state::pass_on_early(std::uint32_t id,
                                          subscription_state& x) {
  auto live = topics[x.partition.topic].table.next_of(x.partition.partition);
  while (auto y = x.early.take(live))
    pass_on(*x.replay, std::move(*y));
  if (x.early.empty())
    ahead.erase(id);
  else
    ahead.insert(id);
}

/// All of a replay's records are its room's.
void outbound_router_state::pass_on(const start_replay& to, leased_batch x) {
  auto batch = std::make_shared<const record_batch>(std::move(x.batch));
  room_records message{batch, std::move(x.lease), to.partition, {}, to.replay};
  std::string_view rest = batch->records;
  while (auto size = record_size(rest)) {
    auto at = rest.data() - batch->records.data();
    message.begins.push_back(static_cast<std::uint32_t>(at));
    rest.remove_prefix(size);
  }
  tell(self, to.room, std::move(message));
}

} // namespace weir
