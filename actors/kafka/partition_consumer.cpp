#include "actors/kafka/partition_consumer.hpp"

#include "actors/contract/cursor.hpp"
#include "actors/contract/leader_epochs.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/contract/misplaced_keys.hpp"
#include "actors/contract/record_block.hpp"
#include "actors/contract/relay.hpp"
#include "actors/kafka/replay_reader.hpp"
#include "actors/kafka/subscription.hpp"
#include "actors/kafka/tail_cache.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "actors/runtime/notifier.hpp"
#include "config/base/wall_clock.hpp"
#include "config/log.hpp"
#include "config/options/replay_window.hpp"
#include "transport/kafka/partitioner.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace weir {

namespace {

/// Bytes that are read, and sent, in one go, so that the loop gets its turn.
constexpr std::size_t max_step_bytes = replay_reader::max_step_bytes;

/// How often the position is reported, and told to idle subscribers.
constexpr auto tick = std::chrono::milliseconds{200};

/// Ticks between two reports to those who are behind: so several come within a
/// turn (see `replay_budget`).
constexpr int report_ticks = 5;

/// Bytes of local events that a subscriber gets between two ticks; what comes
/// beyond that is dropped.
constexpr std::size_t relay_limit = replay_reader::max_step_bytes;

/// So many ticks a subscriber may be beyond a log that has been read to its
/// end; then it is another one, or was cut: 5 s, and a minute where that is not
/// shown by a leader's epoch. As kafka::truncation_detector.
constexpr int beyond_ticks = 25;
constexpr int believed_ticks = 300;

/// Characters that are committed with a position, and of them those about
/// leaders: Kafka keeps 4096, by default, and ours begin with `log=` and a
/// number.
constexpr std::size_t max_committed = 4096 - 20;
constexpr std::size_t max_epochs = 1000;

struct partition_consumer_state {
  static inline const char* name = "weir.partition-consumer";

  partition_consumer_state(partition_consumer_actor::pointer self,
                           partition_consumer_options options,
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
              epochs, this->options.tail_cache / window_share),
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

  ~partition_consumer_state() {
    options.heat->remove(heat);
    show_credit(0);
    show_cached(0);
    show_held(false);
  }

  partition_consumer_actor::behavior_type make_behavior() {
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

  // -- subscribers ------------------------------------------------------------

  struct subscriber {
    subscriber_actor handle;
    subscription wants;
    std::size_t relayed = 0; ///< bytes of local events since the last tick
    int beyond = 0;          ///< ticks for which it has been beyond the log
  };

  caf::actor_addr sender() const {
    return caf::actor_cast<caf::actor_addr>(self->current_sender());
  }

  /// Without a cursor, a subscription begins now. One that has come before the
  /// partition's start was known begins there: a partition may be new, and then
  /// there are members who are to miss nothing of it.
  void on_subscribe(subscribe x) {
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

  /// A cursor of another log, or of an end that this one has lost, is no
  /// position in it: who has it goes back, and is notified of that. A room's
  /// replay of another log is over; the room hears of it by its node's
  /// subscription.
  void begin(subscribe x, std::int64_t now) {
    knows_keys = knows_keys || !x.replay;
    note_partitions(x.partitions);
    auto who = x.subscriber.address();
    auto from = x.cursor == cursor::unknown ? now : x.cursor;
    subscription wants{x.subscription, from, x.credit};
    auto named = take_log(x.keys);
    wants.set_log(named.log);
    wants.set_leader_epoch(named.leader_epoch >= 0 ? named.leader_epoch
                                                   : epochs.before(from));
    wants.add(x.keys);
    wants.add_misplaced(options.partition.partition, x.partitions);
    if (x.all_keys)
      wants.add_all();
    auto back = way_back(wants);
    if (x.replay && is_of_another_log(wants))
      return;
    if (!x.replay) {
      subscribers.erase(who);
      if (!misplaced.empty())
        x.keys.push_back(misplaced_key(misplaced.write()));
      add_epochs(x.keys);
      tell(self, x.subscriber,
           answer_to(wants, std::move(x.keys), back.value_or(from)));
    }
    if (back)
      restart(x.subscriber, wants, *back);
    if (x.cursor != cursor::unknown)
      note_request(wants.scanned_to() >= cache->begin());
    if (x.replay || wants.scanned_to() < cache->begin())
      replays.add(x.subscriber, std::move(wants), !x.replay);
    else
      subscribers.emplace(who, subscriber{x.subscriber, std::move(wants)});
    pump();
  }

  /// Somebody wants what is there from some offset on.
  void note_request(bool is_cached) {
    (is_cached ? hits : misses)->inc();
    ++(is_cached ? cache_hits : cache_misses);
  }

  keys_added answer_to(const subscription& x, std::vector<std::string> keys,
                       std::int64_t from) const {
    if (log != 0)
      keys.push_back(log_key(log, x.leader_epoch()));
    return {x.id(), std::move(keys),     from,
            {},     source->log_start(), source->log_end()};
  }

  /// Nodes compare with it what clients come back with.
  void add_epochs(std::vector<std::string>& keys) const {
    if (auto all = all_epochs().write(); log != 0 && !all.empty())
      keys.push_back(epochs_key(all));
  }

  leader_epochs all_epochs() const {
    auto result = former;
    result.merge(epochs);
    return result;
  }

  bool is_of_another_log(const subscription& x) const {
    return log != 0 && x.log() != 0 && x.log() != log;
  }

  /// Where one continues that cannot be where it is; nothing: it can. Where the
  /// log was cut may lie before what was read; then it is the log's start.
  std::optional<std::int64_t> way_back(const subscription& x) const {
    if (is_of_another_log(x))
      return 0;
    auto found = epochs.cut_below(x.delivered_to(), x.leader_epoch());
    if (found && !found->is_known)
      return std::max<std::int64_t>(source->log_start(), 0);
    return found ? std::optional{found->offset} : std::nullopt;
  }

  /// What it had from `at` on is of another log, or was cut off: it continues
  /// there, and learns first of whose log that is. Some of its members may have
  /// read on in that.
  void restart(const subscriber_actor& who, subscription& wants,
               std::int64_t at) {
    wants.set_log(log);
    if (log != 0)
      tell_epochs(who, wants, at);
    if (wants.delivered_to() <= at)
      return wants.skip(std::min(wants.scanned_to(), at));
    tell(self, who, record_batch{wants.id(), wants.delivered_to(), at, {}, at});
    wants.serve(at, 0);
  }

  /// It has been with a later leader than we have read of: what we have from
  /// its position on may have been replaced.
  bool is_ahead(const subscription& x) const {
    return x.leader_epoch() > source->leader_epoch();
  }

  /// The subscriber learns first of which leader the end of the batch is. Were
  /// it to learn later and be cut off between, it would be taken for a stray.
  /// One that is ahead is given what we have, and then is no longer.
  void send(const subscriber_actor& who, subscription& wants, record_batch x) {
    auto epoch = epochs.before(x.to);
    if (epoch > wants.leader_epoch() || (epoch >= 0 && is_ahead(wants))) {
      wants.set_leader_epoch(epoch);
      tell_epochs(who, wants, x.from);
    }
    tell(self, who, std::move(x));
  }

  void tell_epochs(const subscriber_actor& who, const subscription& wants,
                   std::int64_t at) const {
    std::vector<std::string> keys;
    add_epochs(keys);
    tell(self, who, answer_to(wants, std::move(keys), at));
  }

  void on_add_keys(add_keys x, const caf::actor_addr& who) {
    if (!start_cache())
      return early.push_back([=, this] { on_add_keys(x, who); });
    auto* wants = find(who, x.subscription);
    if (wants == nullptr)
      return;
    auto subscriber = caf::actor_cast<subscriber_actor>(who);
    if (is_ahead(*wants))
      wants->skip(wants->delivered_to());
    report_scanned(subscriber, *wants);
    auto answer = answer_to(*wants, x.keys, wants->delivered_to());
    if (x.history > 0)
      answer.history = cache->find_last(x.history, x.keys.front(),
                                        answer.offset);
    if (!replays.add_keys(who, x.subscription, x.keys))
      wants->add(x.keys);
    tell(self, subscriber, std::move(answer));
  }

  /// Its cursor comes to where was looked: what it learns of a position is of
  /// where its batches have got to.
  void report_scanned(const subscriber_actor& who, subscription& wants) {
    if (wants.delivered_to() >= wants.scanned_to())
      return;
    record_batch batch{
      wants.id(), wants.delivered_to(), wants.scanned_to(), {}};
    wants.serve(batch.to, 0);
    send(who, wants, std::move(batch));
  }

  void on_remove_keys(remove_keys x, const caf::actor_addr& who) {
    if (!start_cache())
      return early.push_back([=, this] { on_remove_keys(x, who); });
    if (replays.remove_keys(who, x.subscription, x.keys))
      return;
    if (auto* wants = find(who, x.subscription))
      wants->remove(x.keys);
  }

  void on_unsubscribe(unsubscribe x, const caf::actor_addr& who) {
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

  void on_credit(grant_credit x, const caf::actor_addr& who) {
    if (!start_cache())
      return early.push_back([=, this] { on_credit(x, who); });
    if (auto* wants = find(who, x.subscription)) {
      wants->credit().grant(x.bytes);
      pump();
    }
  }

  /// Best effort: who is behind gets none.
  void on_relay(relay_event x, const caf::actor_addr& who) {
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

  void on_down(const caf::actor_addr& who, const caf::error& reason) {
    if (who == group.address())
      self->quit(reason);
    watched.erase(who);
    listeners.erase(who);
    subscribers.erase(who);
    replays.remove(who);
  }

  /// Null: the sender has subscribed again meanwhile.
  subscription* find(const caf::actor_addr& who, std::uint32_t id) {
    auto i = subscribers.find(who);
    return i != subscribers.end() && i->second.wants.id() == id
             ? &i->second.wants
             : replays.find(who, id);
  }

  // -- what keeps it from being read ------------------------------------------

  /// Who is to know of it: by its subscription for all its rooms, of the live
  /// flow or on its way there, or not begun yet.
  struct listener {
    subscriber_actor handle;
    std::uint32_t subscription = 0;
  };

  void note_listener(const subscriber_actor& who, std::uint32_t id) {
    auto& x = listeners[who.address()] = {who, id};
    if (!problem.empty())
      tell_problem(x);
  }

  /// Members of all nodes wait for it.
  void look_for_problem() {
    auto& found = source->problem();
    auto why = found ? "partition " + name_of_partition() + ": " + found.message
                     : std::string{};
    if (std::exchange(problem, why) != why)
      for (auto& [who, x] : listeners)
        tell_problem(x);
  }

  void tell_problem(const listener& x) {
    auto* wants = find(x.handle.address(), x.subscription);
    tell(self, x.handle,
         keys_added{x.subscription,
                    {problem_key(problem)},
                    wants ? wants->delivered_to() : cursor::unknown});
  }

  std::string name_of_partition() const {
    return options.partition.topic + "/"
           + std::to_string(options.partition.partition);
  }

  // -- misplaced records ------------------------------------------------------

  /// Which keys belong elsewhere is known when a subscriber has said how many
  /// partitions there are; until the first does, all that was read is kept. All
  /// subscribe again when they hear of another number, one after the other: the
  /// last one is right, and what has come before it is looked at again.
  void note_partitions(std::int32_t n) {
    if (n == 0 || std::exchange(partitions, n) == n)
      return;
    cache->visit(cache->begin(), std::numeric_limits<std::size_t>::max(),
                 [this](std::int64_t offset, std::string_view record) {
                   note_misplaced(record_key(record), offset);
                 });
  }

  void note_misplaced(std::string_view key, std::int64_t offset) {
    if (partitions > 0 && !key.empty()
        && kafka::partition_of(key, partitions) != options.partition.partition)
      misplaced.add(key, offset, unix_seconds());
  }

  // -- records ----------------------------------------------------------------

  /// Moves records from librdkafka to whoever has credit for them, one step's
  /// bytes a turn.
  void pump() {
    if (!source || !start_cache())
      return;
    look_at_log();
    serve_all();
    auto more = false;
    show_held(!may_read());
    if (!is_held) {
      more = read() >= max_step_bytes;
      serve_all();
      cache->evict();
    }
    more = replay() || more;
    if (more && !std::exchange(pumping, true))
      tell(self, partition_consumer_actor{self}, records_ready{});
  }

  template <class Reopen>
  record_source_ptr reopen_log(const Reopen& reopen, kafka::log_position from) {
    count(self->system(), metrics::log_reads)->inc();
    log::debug("the log is read for who is behind",
               {{"topic", options.partition.topic},
                {"partition", options.partition.partition},
                {"from", from.offset},
                {"replays", replays.size()}});
    from.log = log;
    if (from.leader_epoch < 0 && source)
      from.leader_epoch = source->leader_epoch();
    return reopen(from, self_notifier.callback());
  }

  /// Serves those who are behind. Who has arrived at the live flow stays there.
  bool replay() {
    auto more = replays.step(*cache, source->leader_epoch());
    if (auto found = replays.take_cut()) {
      on_replay_cut(*found);
      more = true;
    }
    for (auto& [who, wants] : replays.take_arrived(cache->begin()))
      subscribers.emplace(who.address(), subscriber{who, std::move(wants)});
    return more;
  }

  std::size_t read() {
    auto last = source->leader_epoch();
    auto n
      = source->read(max_step_bytes, [&, this](const kafka::record_view& x) {
          if (!cache)
            begin_cache(source->position(), x.offset,
                        x.offset < source->position() ? -1 : last);
          else if (x.offset < cache->end())
            on_log_restarted(x.offset, x.leader_epoch, last);
          else
            skip_what_is_gone(x.offset);
          cache->append(x);
          heat.add(x);
          note_misplaced(x.key, x.offset);
          if (epochs.note(x.offset, x.leader_epoch,
                          std::exchange(last, x.leader_epoch)))
            turn_back_strays();
        });
    if (!cache)
      return n;
    skip_what_is_gone(source->position());
    cache->advance(source->position());
    return n;
  }

  /// Retention may have overtaken us. What subscribers want of the hole, they
  /// look for in the log, which tells them that it is lost.
  void skip_what_is_gone(std::int64_t next) {
    if (next <= cache->end())
      return; // no hole: librdkafka's locks are spared
    auto start = std::min(source->log_start(), next);
    if (start <= cache->end())
      return;
    misplaced.add_any(cache->end(), unix_seconds());
    cache.emplace(options.tail_cache, start);
  }

  /// The topic may be another one by now, or its log be known at last.
  void look_at_log() {
    auto found = source->log();
    if (found == 0 || found == log)
      return;
    if (std::exchange(log, found) != 0) {
      source->restart({0});
      return on_log_restarted(0, -1, -1);
    }
    for (auto& [who, wants] : replays.take_arrived(0)) // wherever they are
      subscribers.emplace(who.address(), subscriber{who, std::move(wants)});
    for (auto& [who, x] : subscribers) {
      tell(self, x.handle, answer_to(x.wants, {}, x.wants.delivered_to()));
      if (is_of_another_log(x.wants))
        restart(x.handle, x.wants, 0);
      x.wants.set_log(log);
    }
  }

  /// The log was cut, or its topic created again: what is there from `at` on,
  /// by a leader of that epoch, has nothing to do with what the offsets meant
  /// before; `last` is that of what is before. Who comes from another node may
  /// know that.
  void on_log_restarted(std::int64_t at, std::int32_t epoch,
                        std::int32_t last) {
    log::warning("the partition's offsets have gone back",
                 {{"topic", options.partition.topic},
                  {"partition", options.partition.partition},
                  {"expected", cache->end()},
                  {"found", at}});
    cache.emplace(options.tail_cache, at);
    misplaced.cut(at);
    epochs.cut(at);
    former.cut(at);
    epochs.note(at, epoch, last);
    for (auto& [who, wants] : replays.take_arrived(0)) // wherever they are
      subscribers.emplace(who.address(), subscriber{who, std::move(wants)});
    if (epoch < 0)
      replays.clear();
    auto go_back = [&, this](const subscriber_actor& who, subscription& wants) {
      if (epoch < 0)
        wants.set_leader_epoch(-1);
      if (wants.leader_epoch() < 0)
        return restart(who, wants, at);
      if (auto to = way_back(wants))
        restart(who, wants, *to);
      else if (wants.scanned_to() > at) // in what was cut off
        wants.skip(std::max(wants.delivered_to(), at));
    };
    for (auto& [who, x] : subscribers)
      go_back(x.handle, x.wants);
    replays.turn_back(go_back);
  }

  /// The log has shown where another leader began: a cursor that has come
  /// before it was read so far may be beyond that.
  void turn_back_strays() {
    auto go_back = [this](const subscriber_actor& who, subscription& wants) {
      if (auto at = way_back(wants))
        restart(who, wants, *at);
    };
    for (auto& [who, x] : subscribers)
      go_back(x.handle, x.wants);
    replays.turn_back(go_back);
  }

  /// Who reads for those who are behind has found that the log was cut, maybe
  /// below the live flow, which nobody may be reading.
  void on_replay_cut(const replay_reader::cut& x) {
    if (x.at.leader_epoch >= 0) {
      source->restart(x.at);
      on_log_restarted(x.at.offset, x.at.leader_epoch, x.last);
    }
    turn_back_strays();
  }

  /// Who is beyond the log's end for long was in another one, or in what has
  /// been cut off.
  void look_for_strays() {
    auto is_at_end = source && source->log_end() >= 0
                     && cache->end() >= source->log_end();
    for (auto& [who, x] : subscribers) {
      auto is_beyond = is_at_end && x.wants.scanned_to() > cache->end();
      x.beyond = is_beyond ? x.beyond + 1 : 0;
      if (x.beyond >= beyond_ticks && is_cut_before(x))
        restart(x.handle, x.wants,
                std::max<std::int64_t>(source->log_start(), 0));
    }
  }

  /// Whether the log ends there, or only what a broker has of it that has not
  /// heard of a later leader.
  bool is_cut_before(const subscriber& x) {
    if (log == 0 || x.wants.leader_epoch() < 0 || x.beyond >= believed_ticks)
      return true;
    source->ask_leader();
    auto& leader = source->leader();
    if (leader && leader->epoch > x.wants.leader_epoch()
        && leader->log_end < x.wants.scanned_to())
      return true;
    log::limited(log_level::warning,
                 "a partition's leader has less than was read, or takes itself "
                 "for the leader",
                 options.partition.topic,
                 {{"topic", options.partition.topic},
                  {"partition", options.partition.partition},
                  {"read_to", x.wants.scanned_to()},
                  {"its_end", cache->end()}});
    return false;
  }

  /// Where an empty partition starts is known from the first read that finds
  /// nothing.
  bool start_cache() {
    if (cache)
      return true;
    auto start = source->position();
    read();
    if (auto at = source->position(); !cache && at >= 0)
      begin_cache(start >= 0 ? start : at, at, source->leader_epoch());
    if (!cache)
      return false;
    look_at_log(); // where it starts may be in a former one
    for (auto& f : std::exchange(early, {}))
      f();
    return true;
  }

  /// What was read before `start`, an earlier consumer of ours has noted, which
  /// names its log; what is gone between there and `at`, nobody has. `epoch` is
  /// of what is before `at`: so where leaders up to that one have begun holds
  /// here too.
  void begin_cache(std::int64_t start, std::int64_t at, std::int32_t epoch) {
    cache.emplace(options.tail_cache, at);
    epochs.start(at, epoch);
    auto committed = source->start();
    log = committed.log; // the topic may have another by now
    misplaced = misplaced_keys::read(committed.note);
    former.merge(committed.epochs);
    epochs.merge(former, epoch);
    if (committed.offset >= 0 && committed.log == 0)
      misplaced.add_any(0,
                        unix_seconds()); // who has read that has noted nothing
    if (std::min(source->log_start(), at) > start)
      misplaced.add_any(start, unix_seconds());
  }

  /// Reading is of use when somebody has credit. Who has none holds nobody up:
  /// what leaves the cache meanwhile, it gets from the log.
  bool may_read() const {
    auto has_credit = [](auto& x) { return x.second.wants.credit().is_open(); };
    return std::any_of(subscribers.begin(), subscribers.end(), has_credit);
  }

  /// Who reads for those who are behind may have come to another leader first.
  void serve_all() {
    for (auto i = subscribers.begin(); i != subscribers.end();) {
      auto& x = i->second;
      if (auto at = way_back(x.wants); at && *at < x.wants.delivered_to())
        restart(x.handle, x.wants, *at);
      if (x.wants.scanned_to() >= cache->begin()) {
        serve(x);
        ++i;
      } else { // too slow for the cache, or retention has left a hole
        note_request(false);
        replays.add(x.handle, std::move(x.wants), true);
        i = subscribers.erase(i);
      }
    }
  }

  /// Sends what the subscriber wants for as long as it has credit.
  void serve(subscriber& x) {
    auto& wants = x.wants;
    auto wanted = [&wants](std::string_view key) { return wants.wants(key); };
    while (wants.credit().is_open() && wants.scanned_to() < cache->end()) {
      record_batch batch{wants.id(), wants.delivered_to(), 0, {}};
      batch.to
        = cache->collect(wants.scanned_to(),
                         std::min(wants.credit().available(), max_step_bytes),
                         wanted, batch.records);
      if (batch.records.empty())
        return wants.skip(batch.to);
      wants.serve(batch.to, batch.records.size());
      send(x.handle, wants, std::move(batch));
    }
  }

  /// The first record that somebody may still need.
  std::int64_t slowest() const {
    auto result = cache->end();
    for (auto& [who, x] : subscribers)
      result = std::min(result, x.wants.scanned_to());
    return result;
  }

  // -- position ---------------------------------------------------------------

  void schedule_tick() {
    self->run_delayed(tick, [this] {
      on_tick();
      schedule_tick();
    });
  }

  /// Quiet subscribers move on too, and the group learns the position.
  void on_tick() {
    pump();
    if (source)
      look_for_problem();
    if (!cache) {
      tell(self, group, position()); // of what keeps it from being read
      return;
    }
    look_for_strays();
    misplaced.forget_old(unix_seconds());
    show_cached(static_cast<std::int64_t>(cache->bytes()));
    for (auto& [who, x] : subscribers) {
      x.relayed = 0;
      report_scanned(x.handle, x.wants);
    }
    if (++ticks % report_ticks == 0)
      replays.report_scanned();
    auto now = position();
    show_credit(now.credit);
    tell(self, group, std::move(now));
  }

  static void note_problem(commit_position& to, const record_source* from) {
    if (!from || to.problem)
      return;
    to.problem = from->problem();
    to.errors += from->errors();
  }

  commit_position position() const {
    commit_position result;
    result.topic = options.partition.topic;
    result.partition = options.partition.partition;
    note_problem(result, source.get());
    note_problem(result, replays.log());
    if (!cache)
      return result;
    // Before that is said, no misplaced key was noted of what was read.
    result.next = knows_keys ? slowest() : cache->begin();
    result.log = log;
    result.note = misplaced.write();
    if (log != 0)
      result.epochs = all_epochs().write(
        std::min(max_epochs, max_committed - result.note.size()));
    result.leader_epoch = epochs.before(result.next);
    result.log_end = source->log_end();
    result.cached_bytes = cache->bytes();
    result.cache_hits = cache_hits;
    result.cache_misses = cache_misses;
    result.subscribers = subscribers.size();
    for (auto& [who, x] : subscribers)
      result.credit += x.wants.credit().available();
    return result;
  }

  void show_cached(std::int64_t bytes) {
    cached->inc(bytes - std::exchange(shown_bytes, bytes));
  }

  void show_credit(std::int64_t bytes) {
    available->inc(bytes - std::exchange(shown_credit, bytes));
  }

  void show_held(bool x) {
    if (std::exchange(is_held, x) == x)
      return;
    held->inc(x ? 1 : -1);
    if (x && !subscribers.empty())
      stalls->inc();
  }

  /// After this answer nothing of ours holds the partition any more.
  commit_position on_revoke() {
    auto result = position();
    source.reset();
    replays.clear();
    self->quit();
    return result;
  }

  partition_consumer_actor::pointer self;
  partition_consumer_options options;
  consumer_group_actor group;
  notifier<partition_consumer_actor, records_ready> self_notifier;
  record_source_ptr source;
  kafka::log_id log = 0; ///< of what is read; 0: not known
  leader_epochs epochs;  ///< of what was read of it
  /// What earlier readers have noted of it. Only for who comes back: what we
  /// read may be of a leader that does not know yet that it is none any more.
  leader_epochs former;
  std::optional<tail_cache> cache; ///< none until the start is known
  misplaced_keys misplaced;        ///< of all that was ever read
  std::int32_t partitions = 0;     ///< of the topic; 0: not known yet
  bool knows_keys = false;         ///< a subscriber has said which belong here
  /// Requests that came before that, in their order.
  std::vector<std::function<void()>> early;
  std::set<caf::actor_addr> watched;
  std::map<caf::actor_addr, listener> listeners;
  std::string problem; ///< as they were reported; empty: none
  std::map<caf::actor_addr, subscriber> subscribers; ///< of the live flow
  replay_reader replays;
  unsigned ticks = 0;
  caf::telemetry::int_gauge* cached;
  caf::telemetry::int_gauge* available;
  caf::telemetry::int_gauge* held;
  caf::telemetry::int_counter* stalls;
  caf::telemetry::int_counter* hits;
  caf::telemetry::int_counter* misses;
  caf::telemetry::int_counter* dropped;
  partition_heat heat;
  std::int64_t shown_bytes = 0;  ///< in `cached`
  std::int64_t shown_credit = 0; ///< in `available`
  std::uint64_t cache_hits = 0;  ///< of this partition, as in `hits`
  std::uint64_t cache_misses = 0;
  bool is_held = false; ///< in `held`
  bool pumping = false; ///< `records_ready` is on its way to ourselves
};

} // namespace

partition_consumer_actor
spawn_partition_consumer(actor_executor executor,
                         partition_consumer_options options, partition_log log,
                         consumer_group_actor group) {
  return executor.spawn<partition_consumer_actor, partition_consumer_state>(
    std::move(options), std::move(log), std::move(group));
}

} // namespace weir
