#include "actors/kafka/outbound_router.hpp"

#include "actors/contract/catching_up.hpp"
#include "actors/contract/cursor.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/record_block.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/kafka/batch_slices.hpp"
#include "actors/kafka/early_batches.hpp"
#include "actors/kafka/key_questions.hpp"
#include "actors/kafka/log_cursor.hpp"
#include "actors/kafka/replay_budget.hpp"
#include "actors/kafka/room_subscription.hpp"
#include "actors/kafka/topic_table.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "config/base/wall_clock.hpp"
#include "config/log.hpp"

#include <caf/message.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>

namespace weir {

namespace {

/// How often rooms are told how far they are.
constexpr auto moving_interval = std::chrono::seconds{5};

/// A tick of `replay_budget`.
constexpr auto turn_interval = std::chrono::seconds{1};

struct outbound_router_state {
  static inline const char* name = "weir.outbound-router";

  outbound_router_state(outbound_router_actor::pointer self, std::size_t credit,
                        std::size_t replays)
    : self(self),
      credit(credit),
      budget(replays, std::max<std::size_t>(credit / replay_share, 1)),
      misplaced(count(self->system(), metrics::keys_misplaced)),
      granted(count(self->system(), metrics::credit_granted)),
      used(gauge(self->system(), metrics::credit_used)),
      replay_bytes(gauge(self->system(), metrics::replay_bytes)),
      replays_waiting(gauge(self->system(), metrics::replays_waiting)) {}

  outbound_router_actor::behavior_type make_behavior() {
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

  // -- where things are -------------------------------------------------------

  struct topic_state {
    string_map<std::vector<room_subscription>> rooms; // by key
    std::map<std::int32_t, std::uint32_t> partitions; // to their subscription
    std::map<std::int32_t, partition_consumer_actor> owners;
    topic_table table;
    bool is_mixed = false; ///< keys were seen where they do not belong
  };

  /// At a partition consumer: for all rooms of the topic, or a replay for one.
  struct subscription_state {
    kafka::topic_partition partition;
    partition_consumer_actor consumer; ///< null: nobody has the partition
    log_cursor at;
    std::size_t unreported = 0; ///< free bytes that were not granted yet
    bool answered = false;
    std::optional<start_replay> replay;
    bool is_open = false;    ///< a replay: the consumer knows of it
    bool is_paused = false;  ///< likewise: its room takes no more for now
    early_batches early;     ///< of a replay: beyond the live flow
    key_questions questions; ///< of the live flow
  };

  // -- ownership --------------------------------------------------------------

  void on_assigned(const partition_assigned& x) {
    kafka::topic_partition partition{x.topic, x.partition};
    forget(partition);
    topics[x.topic].owners[x.partition] = x.consumer;
    subscribe_to(partition);
    for (auto id : replays_of(partition))
      move_replay(id, x.consumer);
  }

  void on_revoked(const partition_revoked& x) {
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
  void forget(const kafka::topic_partition& x) {
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
  void subscribe_to(const kafka::topic_partition& x) {
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

  void note_granted(std::size_t bytes) {
    granted->inc(static_cast<std::int64_t>(bytes));
  }

  /// What comes next is not from where we are: something was missed, or comes
  /// twice.
  void make_up_for(std::uint32_t id, std::int64_t from) {
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
  void on_topic_known(const topic_known& x) {
    auto& topic = topics[x.topic];
    topic.table.set_problem(x.problem);
    tell_problems(topic);
    auto before = topic.table.count();
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

  // -- what cannot be read ----------------------------------------------------

  void on_partition_problem(const kafka::topic_partition& x, std::string why) {
    auto& topic = topics[x.topic];
    topic.table.set_problem(x.partition, std::move(why));
    tell_problems(topic);
  }

  void tell_problems(topic_state& topic) {
    for (auto& [key, rooms] : topic.rooms)
      for (auto& room : rooms)
        tell_problem(topic, key, room);
  }

  void tell_problem(const topic_state& topic, std::string_view key,
                    room_subscription& room) {
    auto why = topic.table.why_unreadable(key, room.complete);
    if (std::exchange(room.problem, why) != why)
      tell(self, room.room, room_problem{std::move(why)});
  }

  void on_unreachable(partitions_unreachable x) {
    unreachable = std::move(x);
    for (auto& [name, topic] : topics)
      tell_reach(name, topic);
  }

  void tell_reach(const std::string& name, topic_state& topic) {
    for (auto& [key, rooms] : topic.rooms)
      for (auto& room : rooms)
        tell_reach(name, topic, key, room);
  }

  void tell_reach(const std::string& name, const topic_state& topic,
                  std::string_view key, room_subscription& room) {
    auto why = unreachable.everywhere;
    if (why.empty() && topic.table.count() > 0)
      if (auto i = unreachable.why.find({name, topic.table.home_of(key)});
          i != unreachable.why.end())
        why = i->second;
    if (room.unreachable == why)
      return;
    room.unreachable = why;
    tell(self, room.room, room_unreachable{std::move(why)});
  }

  /// What was to come of it is gone.
  void end_partition(const kafka::topic_partition& x, std::int64_t at) {
    forget(x);
    distribute(x, {0, at, 0, {}, 0});
  }

  // -- replays ----------------------------------------------------------------

  void on_start_replay(start_replay x) {
    kafka::topic_partition partition{x.topic, x.partition};
    auto& known = topics[x.topic].partitions;
    auto live = known.find(x.partition);
    auto consumer = live == known.end() ? partition_consumer_actor{}
                                        : subscriptions[live->second].consumer;
    auto id = ++last_subscription;
    replays[{x.room.address(), x.replay}] = id;
    log_cursor at{x.from, topics[x.topic].table.current().named(x.partition)};
    subscriptions[id] = {std::move(partition), consumer, at, 0, true,
                         std::move(x)};
    await_turn(id);
  }

  /// Where nobody has the partition, it waits for that first; or for its room.
  void await_turn(std::uint32_t id) {
    auto& x = subscriptions.at(id);
    if (x.consumer && !x.is_paused)
      budget.wait(id);
    begin_turns();
  }

  void begin_turns() {
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

  void watch_turns() {
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
  void end_turn(std::uint32_t id) {
    move_replay(id, subscriptions.at(id).consumer);
  }

  /// While its room takes nothing it needs no turn; what it has been granted
  /// comes all the same.
  void on_pace_replay(const pace_replay& x) {
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

  void on_stop_replay(const stop_replay& x) {
    auto i = replays.find({x.room.address(), x.replay});
    if (i == replays.end())
      return;
    end_replay(i->second);
    replays.erase(i);
    begin_turns();
  }

  void end_replay(std::uint32_t id) {
    if (auto& consumer = subscriptions[id].consumer)
      tell(self, consumer, unsubscribe{id});
    subscriptions.erase(id);
    budget.leave(id);
  }

  /// Resumes at its cursor under a new number, when it has its turn.
  void move_replay(std::uint32_t id, partition_consumer_actor consumer) {
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

  std::vector<std::uint32_t> replays_of(const kafka::topic_partition& x) const {
    std::vector<std::uint32_t> result;
    for (auto& [id, y] : subscriptions)
      if (y.replay && y.partition == x)
        result.push_back(id);
    std::sort(result.begin(), result.end()); // who came first is first
    return result;
  }

  void stop_replays(const room_actor& room) {
    auto i = replays.lower_bound({room.address(), 0});
    while (i != replays.end() && i->first.first == room.address()) {
      end_replay(i->second);
      i = replays.erase(i);
    }
    begin_turns();
  }

  // -- rooms ------------------------------------------------------------------

  void on_add_room(const add_room& x) {
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
  static std::uint32_t home_subscription(const topic_state& topic,
                                         std::string_view key) {
    if (topic.table.count() == 0)
      return 0;
    auto i = topic.partitions.find(topic.table.home_of(key));
    return i == topic.partitions.end() ? 0 : i->second;
  }

  void on_remove_room(const remove_room& x) {
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

  void on_keys_added(keys_added x) {
    auto i = subscriptions.find(x.subscription);
    if (i == subscriptions.end())
      return;
    auto& y = i->second;
    auto& topic = topics[y.partition.topic];
    auto partition = y.partition.partition;
    if (auto why = take_problem(x.keys))
      return on_partition_problem(y.partition, std::move(*why));
    topic.table.note_bounds(partition, x.log_start, x.log_end);
    auto is_later = std::exchange(y.answered, true);
    auto is_found = !is_later && y.at.next() == cursor::unknown;
    auto noted = take_misplaced(x.keys);
    auto epochs = take_epochs(x.keys);
    if (is_found) { // later ones come by themselves
      y.at.begin(x.offset);
      topic.table.begin_at(partition, x.offset, noted);
    }
    if (auto named = take_log(x.keys); named.log != 0)
      take_name(y, topic, named, x.offset, is_found, epochs);
    // A room from further on would not learn of it if the log were cut between.
    if (is_later && !x.keys.empty() && x.offset != y.at.next())
      return make_up_for(x.subscription, x.offset);
    for (auto& key : x.keys) {
      auto answer = y.questions.take_answer(key);
      auto rooms = topic.rooms.find(key);
      if (rooms != topic.rooms.end() && topic.table.home_of(key) == partition)
        for (auto& room : rooms->second)
          if (room.asked <= answer)
            note_answer(topic, key, room, x);
    }
    if (is_found)
      tell_problems(topic);
    // Others may have waited for that alone.
    if (is_found && topic.table.knows_all())
      for (auto& [key, rooms] : topic.rooms)
        for (auto& room : rooms)
          tell_if_complete(topic, key, room);
  }

  /// The reader has named its log, and of which leader `offset` is. Rooms learn
  /// where epochs begin with the next batch; at once, if somebody may have been
  /// beyond where a later leader has begun.
  void take_name(subscription_state& x, topic_state& topic,
                 const named_log& named, std::int64_t offset, bool is_found,
                 std::string_view epochs) {
    auto partition = x.partition.partition;
    if (!x.replay && x.at.is_of_another_log(named.log))
      topic.table.forget_epochs(partition);
    x.at.name(named, offset);
    auto is_first = topic.table.current().any_log() == 0;
    if (is_found || !topic.table.current().log.knows(partition)) {
      topic.table.set_log(partition, x.at.of().log);
      if (!x.replay)
        topic.table.set_leader_epoch(partition, x.at.of().leader_epoch);
    }
    if (topic.table.merge_epochs(partition, epochs) || is_first)
      tell_position(topic); // joins wait for the first one
  }

  void note_answer(topic_state& topic, std::string_view key,
                   room_subscription& x, const keys_added& answer) {
    if (x.complete || std::exchange(x.answered, true))
      return;
    auto home = subscriptions.at(answer.subscription).partition.partition;
    x.answer.home_partition = home;
    x.answer.from = {{home, answer.offset}};
    auto& source = subscriptions.at(answer.subscription);
    if (source.at.next() == answer.offset)
      x.answer.log = source.at.of();
    if (answer.log_start >= 0)
      x.answer.log_start = {{home, answer.log_start}};
    if (auto end = topic.table.current().log_end.at(home); end >= 0)
      x.answer.log_end = {{home, end}};
    if (!answer.history.empty())
      x.answer.history[home] = answer.history;
    tell_if_complete(topic, key, x);
  }

  /// What the room gets of other partitions it gets since it is here: any
  /// positions that were taken later will do.
  void tell_if_complete(topic_state& topic, std::string_view key,
                        room_subscription& x) {
    if (x.complete || !x.answered || !topic.table.knows_all())
      return;
    x.complete = true;
    x.answer.others = topic.table.share_since(x.number);
    x.answer.misplaced = topic.table.beside(key);
    tell(self, x.room, std::exchange(x.answer, {}));
  }

  /// Quiet rooms move on too: their members could not resume in the end where
  /// they are, as retention deletes.
  void schedule_moving() {
    self->run_delayed(moving_interval, [this] {
      for (auto& [name, topic] : topics) {
        topic.table.forget_misplaced(unix_seconds());
        tell_position(topic);
      }
      schedule_moving();
    });
  }

  void tell_position(topic_state& topic) {
    auto content = caf::make_message(room_moved{topic.table.share()});
    for (auto& [key, rooms] : topic.rooms)
      for (auto& x : rooms)
        if (x.complete)
          tell_shared(self, x.room, content);
  }

  // -- events that never touch Kafka ------------------------------------------

  void on_relay(relay_event x) {
    auto& topic = topics[x.topic];
    if (auto id = home_subscription(topic, x.key))
      tell(self, subscriptions[id].consumer, std::move(x));
  }

  void on_local_event(relay_event x) {
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

  // -- records ----------------------------------------------------------------

  void on_batch(record_batch x) {
    auto i = subscriptions.find(x.subscription);
    if (i == subscriptions.end())
      return; // of a subscription that we gave up; its successor covers it
    auto& y = i->second;
    if (!y.at.advance(x))
      return make_up_for(x.subscription, x.from);
    auto& topic = topics[y.partition.topic];
    x.log = y.at.of().log;
    x.leader_epoch = y.at.of().leader_epoch;
    x.epochs = topic.table.current().epochs_of(y.partition.partition);
    topic.table.note_end(y.partition.partition, x);
    if (y.replay)
      return on_replayed(i->first, y, std::move(x));
    topic.table.take_live(y.partition.partition, x);
    if (x.to < x.from)
      go_back(topic, y.partition.partition, x.to);
    else if (x.lost > x.from) // nobody knows whose records they were
      topic.table.note_lost(y.partition.partition, x.from, unix_seconds());
    auto partition = y.partition;
    if (!x.records.empty() || x.lost >= 0)
      distribute(partition, std::move(x));
    pass_on_early(partition);
  }

  void on_replayed(std::uint32_t id, subscription_state& to, record_batch x) {
    if (x.to < x.from)
      return to.early.cut(x.to); // the room hears of it by the live flow
    grant(id, to, budget.take(id, x.records.size()));
    auto lease = x.records.empty() ? nullptr : lease_of(x);
    to.early.add({std::move(x), std::move(lease)});
    pass_on_early(id, to);
  }

  static void go_back(topic_state& topic, std::int32_t partition,
                      std::int64_t to) {
    for (auto& [key, rooms] : topic.rooms)
      for (auto& room : rooms)
        room.go_back(partition, to);
  }

  /// The live flow of the partition has moved.
  void pass_on_early(const kafka::topic_partition& partition) {
    for (auto id : std::set{ahead})
      if (auto i = subscriptions.find(id); i == subscriptions.end())
        ahead.erase(id);
      else if (i->second.partition == partition)
        pass_on_early(id, i->second);
  }

  void pass_on_early(std::uint32_t id, subscription_state& x) {
    auto live = topics[x.partition.topic].table.next_of(x.partition.partition);
    while (auto y = x.early.take(live))
      pass_on(*x.replay, std::move(*y));
    if (x.early.empty())
      ahead.erase(id);
    else
      ahead.insert(id);
  }

  /// All of a replay's records are its room's.
  void pass_on(const start_replay& to, leased_batch x) {
    auto batch = std::make_shared<const record_batch>(std::move(x.batch));
    room_records message{
      batch, std::move(x.lease), to.partition, {}, to.replay};
    std::string_view rest = batch->records;
    while (auto size = record_size(rest)) {
      auto at = rest.data() - batch->records.data();
      message.begins.push_back(static_cast<std::uint32_t>(at));
      rest.remove_prefix(size);
    }
    tell(self, to.room, std::move(message));
  }

  void distribute(const kafka::topic_partition& from, record_batch x) {
    auto lease = lease_of(x);
    auto batch = std::make_shared<const record_batch>(std::move(x));
    auto& topic = topics[from.topic];
    auto& rooms = topic.rooms;
    if (batch->lost >= 0)
      for (auto& [key, all] : rooms)
        slices.add(all);
    std::string_view rest = batch->records;
    while (auto size = record_size(rest)) {
      auto found = rooms.find(record_key(rest));
      // Whose room is not here may come here.
      auto is_misplaced = note_misplaced(topic.table, from.partition, rest);
      if (found != rooms.end()) {
        slices.add(found->second, static_cast<std::size_t>(
                                    rest.data() - batch->records.data()));
        if (is_misplaced)
          warn_of_misplaced(topic, from, found->first);
      }
      rest.remove_prefix(size);
    }
    slices.take_all([&](batch_slices::slice y) {
      tell(self, *y.room,
           room_records{batch, lease, from.partition, std::move(y.begins)});
    });
  }

  static bool note_misplaced(topic_table& table, std::int32_t partition,
                             std::string_view block) {
    auto key = record_key(block);
    if (!table.is_misplaced(partition, key))
      return false;
    table.note_misplaced(partition, key, record_offset(block), unix_seconds());
    return true;
  }

  void warn_of_misplaced(topic_state& topic, const kafka::topic_partition& from,
                         const std::string& key) {
    misplaced->inc();
    if (std::exchange(topic.is_mixed, true))
      return;
    log::warning(
      "a record's key is not in the partition where murmur2 puts it; "
      "order holds only within each: have all producers of the topic "
      "use partitioner=murmur2_random",
      {{"topic", from.topic},
       {"key", key},
       {"partition", from.partition},
       {"expected", topic.table.home_of(key)}});
  }

  std::shared_ptr<const credit_lease> lease_of(const record_batch& x) {
    used->inc(static_cast<std::int64_t>(x.records.size()));
    return std::make_shared<const credit_lease>(
      [me = outbound_router_actor{self}, id = x.subscription,
       bytes = x.records.size()] {
        tell_anonymously(me, grant_credit{id, bytes});
      });
  }

  /// Grants in larger steps: a message per batch would cost more than it helps.
  void on_credit(const grant_credit& x) {
    used->dec(static_cast<std::int64_t>(x.bytes));
    budget.give_back(x.subscription, x.bytes);
    auto i = subscriptions.find(x.subscription);
    if (i == subscriptions.end())
      return begin_turns(); // of a replay that is over, maybe
    auto& y = i->second;
    if (y.replay)
      return continue_replay(x.subscription, y);
    y.unreported += x.bytes;
    if (y.unreported >= credit / 4)
      grant(x.subscription, y, std::exchange(y.unreported, 0));
  }

  void continue_replay(std::uint32_t id, const subscription_state& x) {
    if (!x.is_paused)
      grant(id, x, budget.top_up(id));
    if (auto debt = budget.end_used_up(id)) {
      grant(id, x, *debt);
      await_turn(id);
    } else {
      begin_turns();
    }
  }

  void grant(std::uint32_t id, const subscription_state& x, std::size_t bytes) {
    if (bytes == 0 || !x.consumer)
      return;
    note_granted(bytes);
    tell(self, x.consumer, grant_credit{id, bytes});
  }

  outbound_router_actor::pointer self;
  std::size_t credit;
  replay_budget budget; ///< its ids are subscriptions
  bool is_watching_turns = false;
  caf::telemetry::int_counter* misplaced;
  caf::telemetry::int_counter* granted;
  caf::telemetry::int_gauge* used;
  caf::telemetry::int_gauge* replay_bytes;
  caf::telemetry::int_gauge* replays_waiting;
  partitions_unreachable unreachable;
  std::uint32_t last_subscription = 0;
  std::unordered_map<std::string, topic_state> topics;
  std::unordered_map<std::uint32_t, subscription_state> subscriptions;
  std::map<std::pair<caf::actor_addr, std::uint64_t>, std::uint32_t>
    replays; ///< by room and its number to their subscription
  std::set<std::uint32_t> ahead; ///< replays that are beyond the live flow
  batch_slices slices;           // reused
};

} // namespace

outbound_router_actor spawn_outbound_router(actor_executor executor,
                                            std::size_t credit,
                                            std::size_t replays) {
  return executor.spawn<outbound_router_actor, outbound_router_state>(credit,
                                                                      replays);
}

} // namespace weir
