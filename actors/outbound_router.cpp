#include "actors/outbound_router.hpp"

#include "actors/caf_compat.hpp"
#include "actors/cursor.hpp"
#include "actors/messages.hpp"
#include "actors/record_block.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace weir {

namespace {

struct outbound_router_state {
  static inline const char* name = "weir.outbound-router";

  outbound_router_state(outbound_router_actor::pointer self, std::size_t credit)
    : self(self), credit(credit) {}

  outbound_router_actor::behavior_type make_behavior() {
    return {
      [this](record_batch& x) { on_batch(std::move(x)); },
      [this](const keys_added& x) { on_keys_added(x); },
      [this](const partition_assigned& x) { on_assigned(x); },
      [this](const partition_revoked& x) { on_revoked(x); },
      // Joins wait only for the partitions that are here so far.
      [](const topic_known&) {},
      [this](const add_room& x) { on_add_room(x); },
      [this](const remove_room& x) { on_remove_room(x); },
      [this](const grant_credit& x) { on_credit(x); },
    };
  }

  // -- where things are -------------------------------------------------------

  /// A room that wants the records of a key. Its join is answered when every
  /// partition of the topic has said from where on it serves the key.
  struct interest {
    room_actor room;
    std::set<std::int32_t> awaited;
    room_complete answer;
    bool complete = false;
  };

  struct topic_state {
    string_map<std::vector<interest>> rooms;          // by key
    std::map<std::int32_t, std::uint32_t> partitions; // to their subscription
  };

  struct partition_state {
    kafka::topic_partition partition;
    partition_consumer_actor consumer;
    cursor next;
    std::size_t unreported = 0; ///< free bytes that were not granted yet
    bool answered = false;
  };

  // -- ownership --------------------------------------------------------------

  void on_assigned(const partition_assigned& x) {
    auto& known = topics[x.topic].partitions;
    auto next = cursor::unknown;
    if (auto i = known.find(x.partition); i != known.end())
      next = partitions[i->second].next.next();
    else if (auto kept = kept_cursors.find({x.topic, x.partition});
             kept != kept_cursors.end())
      next = kept->second;
    forget({x.topic, x.partition});
    subscribe_to({x.topic, x.partition}, x.consumer, next);
  }

  void on_revoked(const partition_revoked& x) {
    forget({x.topic, x.partition});
  }

  /// Drops a subscription, but not the place where it has got to.
  void forget(const kafka::topic_partition& x) {
    auto& known = topics[x.topic].partitions;
    auto i = known.find(x.partition);
    if (i == known.end())
      return;
    kept_cursors[x] = partitions[i->second].next.next();
    partitions.erase(i->second);
    known.erase(i);
  }

  void subscribe_to(const kafka::topic_partition& x,
                    const partition_consumer_actor& consumer,
                    std::int64_t next) {
    auto& topic = topics[x.topic];
    auto id = ++last_subscription;
    topic.partitions[x.partition] = id;
    partitions[id] = {x, consumer, cursor{next}, 0, false};
    subscribe request{self, id, next, {}, credit};
    for (auto& [key, rooms] : topic.rooms) {
      request.keys.push_back(key);
      for (auto& room : rooms)
        if (!room.complete)
          room.awaited.insert(x.partition);
    }
    tell(self, consumer, std::move(request));
  }

  void subscribe_anew(std::uint32_t id) {
    auto lost = partitions[id];
    forget(lost.partition);
    subscribe_to(lost.partition, lost.consumer, lost.next.next());
  }

  // -- rooms ------------------------------------------------------------------

  void on_add_room(const add_room& x) {
    auto& topic = topics[x.topic];
    interest wanted{x.room, {}, {}, false};
    add_keys request{0, {x.key}, x.history};
    for (auto& [partition, id] : topic.partitions) {
      wanted.awaited.insert(partition);
      // Also for a key that is served already: the answer comes in stream
      // order and is the one dependable statement of where the room begins.
      request.subscription = id;
      tell(self, partitions[id].consumer, request);
    }
    topic.rooms[x.key].push_back(std::move(wanted));
  }

  void on_remove_room(const remove_room& x) {
    auto& topic = topics[x.topic];
    auto i = topic.rooms.find(x.key);
    if (i == topic.rooms.end())
      return;
    std::erase_if(i->second, [&](auto& y) { return y.room == x.room; });
    if (!i->second.empty())
      return;
    topic.rooms.erase(i);
    for (auto& [partition, id] : topic.partitions)
      tell(self, partitions[id].consumer, remove_keys{id, {x.key}});
  }

  void on_keys_added(const keys_added& x) {
    auto i = partitions.find(x.subscription);
    if (i == partitions.end())
      return;
    auto& [partition, consumer, next, unreported, answered] = i->second;
    // Where the subscription begins: later than asked for when what lies before
    // is gone. To ask for it again would never end.
    if (!std::exchange(answered, true) && x.offset > next.next())
      next = cursor{x.offset};
    auto& topic = topics[partition.topic];
    for (auto& key : x.keys)
      if (auto rooms = topic.rooms.find(key); rooms != topic.rooms.end())
        for (auto& room : rooms->second)
          note_complete(room, partition.partition, x);
  }

  void note_complete(interest& x, std::int32_t partition,
                     const keys_added& answer) {
    if (x.complete || x.awaited.erase(partition) == 0)
      return;
    x.answer.from[partition] = answer.offset;
    if (!answer.history.empty())
      x.answer.history[partition] = answer.history;
    if (!x.awaited.empty())
      return;
    x.complete = true;
    tell(self, x.room, std::exchange(x.answer, {}));
  }

  // -- records ----------------------------------------------------------------

  void on_batch(record_batch x) {
    auto i = partitions.find(x.subscription);
    if (i == partitions.end())
      return; // of a subscription that we gave up; its successor covers it
    if (!i->second.next.advance(x.from, x.to)) {
      log::warning("a batch does not begin where the last one ended: "
                   "subscribing anew",
                   {{"topic", i->second.partition.topic},
                    {"partition", i->second.partition.partition},
                    {"expected", i->second.next.next()},
                    {"from", x.from}});
      subscribe_anew(x.subscription);
      return;
    }
    if (!x.records.empty())
      distribute(i->second.partition, std::move(x));
  }

  void distribute(const kafka::topic_partition& from, record_batch x) {
    auto lease = lease_of(x);
    auto batch = std::make_shared<const record_batch>(std::move(x));
    auto& rooms = topics[from.topic].rooms;
    std::string_view rest = batch->records;
    while (auto size = record_size(rest)) {
      auto found = rooms.find(record_key(rest));
      if (found != rooms.end())
        note_record(found->second, rest.data() - batch->records.data());
      rest.remove_prefix(size);
    }
    for (auto& [room, places] : turn)
      tell(self, *room,
           room_records{batch, lease, from.partition, std::move(places)});
    turn.clear();
    turn_index.clear();
  }

  /// Collects the places of each room's records, rooms in order of their first.
  void note_record(const std::vector<interest>& rooms, std::ptrdiff_t at) {
    for (auto& x : rooms) {
      auto [i, is_new] = turn_index.emplace(&x, turn.size());
      if (is_new)
        turn.push_back({&x.room, {}});
      turn[i->second].places.push_back(static_cast<std::uint32_t>(at));
    }
  }

  std::shared_ptr<const credit_lease> lease_of(const record_batch& x) {
    return std::make_shared<const credit_lease>(
      [me = outbound_router_actor{self}, id = x.subscription,
       bytes = x.records.size()] {
        tell_anonymously(me, grant_credit{id, bytes});
      });
  }

  /// Grants in larger steps: a message per batch would cost more than it helps.
  void on_credit(const grant_credit& x) {
    auto i = partitions.find(x.subscription);
    if (i == partitions.end())
      return;
    auto& y = i->second;
    y.unreported += x.bytes;
    if (y.unreported >= credit / 4)
      tell(self, y.consumer,
           grant_credit{x.subscription, std::exchange(y.unreported, 0)});
  }

  /// One room's share of the batch at hand.
  struct share {
    const room_actor* room;
    std::vector<std::uint32_t> places;
  };

  outbound_router_actor::pointer self;
  std::size_t credit;
  std::uint32_t last_subscription = 0;
  std::unordered_map<std::string, topic_state> topics;
  std::unordered_map<std::uint32_t, partition_state> partitions;
  std::map<kafka::topic_partition, std::int64_t> kept_cursors;
  std::vector<share> turn;                                     // reused
  std::unordered_map<const interest*, std::size_t> turn_index; // reused
};

} // namespace

outbound_router_actor spawn_outbound_router(actor_home home,
                                            std::size_t credit) {
  return home.spawn<outbound_router_actor, outbound_router_state>(credit);
}

} // namespace weir
