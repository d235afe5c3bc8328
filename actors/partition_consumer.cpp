#include "actors/partition_consumer.hpp"

#include "actors/caf_compat.hpp"
#include "actors/cursor.hpp"
#include "actors/messages.hpp"
#include "actors/subscription.hpp"
#include "actors/tail_cache.hpp"
#include "actors/wake_up.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace weir {

namespace {

/// Bytes that are read, and sent, in one go, so that the loop gets its turn.
constexpr std::size_t helping = 256 * kib;

/// How often the position is reported, and told to idle subscribers.
constexpr auto tick = std::chrono::milliseconds{200};

struct partition_consumer_state {
  static inline const char* name = "weir.partition-consumer";

  partition_consumer_state(partition_consumer_actor::pointer self,
                           partition_consumer_options options,
                           const open_source& open, consumer_group_actor group)
    : self(self),
      options(std::move(options)),
      group(std::move(group)),
      bell(partition_consumer_actor{self}),
      source(open(bell.ring())) {}

  partition_consumer_actor::behavior_type make_behavior() {
    watch(*this, group);
    bell.open(self);
    schedule_tick();
    return {
      [this](subscribe& x) { on_subscribe(x); },
      [this](const add_keys& x) { on_add_keys(x); },
      [this](const remove_keys& x) { on_remove_keys(x); },
      [this](const grant_credit& x) { on_credit(x); },
      [this](records_ready) { pump(); },
      [this](revoke_partition) { return on_revoke(); },
    };
  }

  // -- subscribers ------------------------------------------------------------

  struct subscriber {
    subscriber_actor handle;
    subscription wants;
  };

  void on_subscribe(subscribe& x) {
    auto who = x.subscriber.address();
    if (!subscribers.contains(who) && !early.contains(who))
      watch(*this, x.subscriber);
    if (start_cache())
      begin(x);
    else // it is not known yet where the partition starts
      early.insert_or_assign(who, std::move(x));
  }

  void begin(subscribe& x) {
    auto from = first_offset(x.cursor);
    auto [i, is_new] = subscribers.insert_or_assign(
      x.subscriber.address(),
      subscriber{x.subscriber, {x.subscription, from, x.credit}});
    i->second.wants.add(x.keys);
    tell(self, x.subscriber,
         keys_added{x.subscription, std::move(x.keys), from, {}});
    pump();
  }

  /// Where a subscription begins that asks for `wanted`.
  std::int64_t first_offset(std::int64_t wanted) const {
    if (wanted == cursor::unknown)
      return cache->end();
    if (wanted < cache->begin())
      log::error("records are missed: they are older than the tail cache",
                 {{"topic", options.partition.topic},
                  {"partition", options.partition.partition},
                  {"from", wanted},
                  {"to", cache->begin()}});
    return std::max(wanted, cache->begin());
  }

  void on_add_keys(const add_keys& x) {
    if (auto* e = find(x.subscription)) {
      e->wants.add(x.keys);
      keys_added answer{x.subscription, x.keys, e->wants.searched(), {}};
      if (x.history > 0)
        for (auto& key : x.keys)
          cache->collect_last(x.history, key, answer.offset, answer.history);
      tell(self, e->handle, std::move(answer));
    } else if (auto* waiting = find_early(x.subscription)) {
      waiting->keys.insert(waiting->keys.end(), x.keys.begin(), x.keys.end());
    }
  }

  void on_remove_keys(const remove_keys& x) {
    if (auto* e = find(x.subscription))
      e->wants.remove(x.keys);
    else if (auto* waiting = find_early(x.subscription))
      for (auto& key : x.keys)
        std::erase(waiting->keys, key);
  }

  void on_credit(const grant_credit& x) {
    if (auto* e = find(x.subscription)) {
      e->wants.credit().grant(x.bytes);
      pump();
    }
  }

  void on_down(const caf::actor_addr& who, const caf::error& reason) {
    if (who == group.address())
      self->quit(reason);
    subscribers.erase(who);
    early.erase(who);
  }

  /// The sender's subscription; null when it has subscribed anew meanwhile.
  subscriber* find(std::uint32_t id) {
    auto who = caf::actor_cast<caf::actor_addr>(self->current_sender());
    auto i = subscribers.find(who);
    return i != subscribers.end() && i->second.wants.id() == id ? &i->second
                                                                : nullptr;
  }

  /// Likewise, one that waits for the partition's start to be known.
  subscribe* find_early(std::uint32_t id) {
    auto who = caf::actor_cast<caf::actor_addr>(self->current_sender());
    auto i = early.find(who);
    return i != early.end() && i->second.subscription == id ? &i->second
                                                            : nullptr;
  }

  // -- records ----------------------------------------------------------------

  /// Moves records from librdkafka to whoever has credit for them, one helping
  /// a turn.
  void pump() {
    if (!source || !start_cache())
      return;
    serve_all();
    if (!may_read())
      return;
    auto n = read();
    serve_all();
    cache->evict(slowest());
    if (n >= helping)
      tell(self, partition_consumer_actor{self}, records_ready{});
  }

  std::size_t read() {
    auto n = source->read(helping, [this](const kafka::record_view& x) {
      if (!cache)
        cache.emplace(options.tail_cache, x.offset);
      cache->append(x);
    });
    if (cache)
      cache->advance(source->position());
    return n;
  }

  /// Where an empty partition starts is told by the first read that finds
  /// nothing.
  bool start_cache() {
    if (cache)
      return true;
    read();
    if (!cache && source->position() >= 0)
      cache.emplace(options.tail_cache, source->position());
    if (cache)
      for (auto& [who, x] : std::exchange(early, {}))
        begin(x);
    return cache.has_value();
  }

  /// Reading is of use when somebody has credit, and allowed as long as it
  /// pushes nobody's next record out of the cache.
  bool may_read() const {
    auto has_credit = [](auto& x) { return x.second.wants.credit().is_open(); };
    return std::any_of(subscribers.begin(), subscribers.end(), has_credit)
           && (cache->bytes() < options.tail_cache
               || slowest() == cache->end());
  }

  void serve_all() {
    for (auto& [who, x] : subscribers)
      serve(x);
  }

  /// Sends what the subscriber wants for as long as it has credit.
  void serve(subscriber& x) {
    auto& wants = x.wants;
    auto wanted = [&wants](std::string_view key) { return wants.wants(key); };
    while (wants.credit().is_open() && wants.searched() < cache->end()) {
      record_batch batch{wants.id(), wants.told(), 0, {}};
      batch.to = cache->collect(wants.searched(),
                                std::min(wants.credit().available(), helping),
                                wanted, batch.records);
      if (batch.records.empty())
        return wants.skip(batch.to);
      wants.serve(batch.to, batch.records.size());
      tell(self, x.handle, std::move(batch));
    }
  }

  /// The first record that somebody may still need.
  std::int64_t slowest() const {
    auto result = cache->end();
    for (auto& [who, x] : subscribers)
      result = std::min(result, x.wants.searched());
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
    if (!cache)
      return;
    for (auto& [who, x] : subscribers)
      if (x.wants.told() < x.wants.searched()) {
        auto from = x.wants.told();
        x.wants.serve(x.wants.searched(), 0);
        tell(self, x.handle,
             record_batch{x.wants.id(), from, x.wants.told(), {}});
      }
    tell(self, group, position());
  }

  commit_position position() const {
    commit_position result;
    result.topic = options.partition.topic;
    result.partition = options.partition.partition;
    if (!cache)
      return result;
    result.next = slowest();
    result.log_end = source->log_end();
    result.cached_bytes = cache->bytes();
    result.subscribers = subscribers.size();
    for (auto& [who, x] : subscribers)
      result.credit += x.wants.credit().available();
    return result;
  }

  /// After this answer nothing of ours holds the partition any more.
  commit_position on_revoke() {
    auto result = position();
    source.reset();
    self->quit();
    return result;
  }

  partition_consumer_actor::pointer self;
  partition_consumer_options options;
  consumer_group_actor group;
  wake_up<partition_consumer_actor, records_ready> bell;
  std::unique_ptr<record_source> source;
  std::optional<tail_cache> cache;            ///< none until the start is known
  std::map<caf::actor_addr, subscribe> early; ///< one per subscriber, till then
  std::map<caf::actor_addr, subscriber> subscribers;
};

} // namespace

partition_consumer_actor
spawn_partition_consumer(actor_home home, partition_consumer_options options,
                         open_source open, consumer_group_actor group) {
  return home.spawn<partition_consumer_actor, partition_consumer_state>(
    std::move(options), std::move(open), std::move(group));
}

} // namespace weir
