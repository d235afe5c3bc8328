#pragma once

#include "actors/contract/catching_up.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/record_blocks.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// An OUTBOUND ROUTER between partition consumers and rooms that record.
struct outbound_router_fixture : deterministic_actor_system {
  using texts = std::vector<std::string>;
  using keys = std::vector<std::string>;

  static constexpr std::size_t credit = 1000;
  static constexpr std::size_t replays = 100 * mib;

  /// What a partition consumer was asked for.
  struct consumer {
    std::vector<subscribe> subscribed;
    std::vector<add_keys> added;
    std::vector<remove_keys> removed;
    std::vector<unsubscribe> ended;
    std::vector<grant_credit> granted;
    std::vector<relay_event> relayed;
    partition_consumer_actor handle;

    const subscribe& newest() const { return subscribed.back(); }
  };

  struct room {
    std::vector<room_records> records;
    std::vector<room_complete> completed;
    std::vector<room_moved> moved;
    std::vector<partition_added> partitions_added;
    std::vector<std::string> problems;
    std::vector<std::string> unreachable;
    std::vector<broadcast_local> local;
    room_actor handle;
  };

  outbound_router_fixture() {
    for (auto* x : {&p0, &p1})
      x->handle = spawn_consumer(x);
    for (auto* x : {&r, &s})
      x->handle = spawn_room_probe(x);
  }

  void know(std::int32_t partitions) {
    tell(router, topic_known{"topic", partitions});
  }

  /// Of a topic that has had as many partitions from the start.
  void assign(consumer& x, std::int32_t partition = 0, std::int32_t of = 1) {
    known = std::max({known, partition + 1, of});
    know(known);
    tell(router, partition_assigned{"topic", partition, x.handle});
  }

  void revoke(std::int32_t partition = 0) {
    tell(router, partition_revoked{"topic", partition});
  }

  void add(room& x, std::string key) {
    tell(router, add_room{x.handle, "topic", std::move(key)});
  }

  void remove(room& x, std::string key) {
    tell(router, remove_room{x.handle, "topic", std::move(key)});
  }

  /// Answers the newest subscription, or another one of the consumer.
  void answer(consumer& x, keys added, std::int64_t offset,
              std::uint32_t id = 0) {
    tell(router, keys_added{id ? id : x.newest().subscription, std::move(added),
                            offset});
  }

  void send(consumer& x, std::int64_t from, std::int64_t to,
            const std::vector<kafka::record_view>& records = {},
            std::uint32_t id = 0) {
    tell(router, record_batch{id ? id : x.newest().subscription, from, to,
                              block_of(records)});
  }

  /// Likewise, where retention has deleted what lies before `lost`.
  void lose(consumer& x, std::int64_t from, std::int64_t lost, std::int64_t to,
            const std::vector<kafka::record_view>& records = {}) {
    tell(router, record_batch{x.newest().subscription, from, to,
                              block_of(records), lost});
  }

  /// The records that a room got.
  static texts records(const room& x) {
    texts result;
    for (auto& y : x.records)
      for (auto begin : y.begins) {
        auto rest = std::string_view{y.batch->records}.substr(begin);
        result.push_back(records_in(rest.substr(0, record_size(rest))).at(0));
      }
    return result;
  }

  /// Where a room is in all partitions of its topic.
  static positions positions_at(const topic_positions& x) {
    positions result;
    for (std::int32_t i = 0; auto offset : x.next.all())
      if (auto partition = i++; offset >= 0)
        result[partition] = offset;
    return result;
  }

  static positions positions_at(const room_complete& x) {
    auto result = x.from;
    result.merge(positions_at(*x.others));
    return result;
  }

  static std::uint64_t granted(const consumer& x) {
    std::uint64_t result = 0;
    for (auto& y : x.granted)
      result += y.bytes;
    return result;
  }

  std::int32_t known = 0;
  consumer p0, p1;
  room r, s;
  outbound_router_actor router
    = keep(spawn_outbound_router(executor, credit, replays));

private:
  partition_consumer_actor spawn_consumer(consumer* x) {
    return keep_probe(system.spawn([x](partition_consumer_actor::pointer) {
      return partition_consumer_actor::behavior_type{
        [x](const subscribe& y) { x->subscribed.push_back(y); },
        [x](const add_keys& y) { x->added.push_back(y); },
        [x](const remove_keys& y) { x->removed.push_back(y); },
        [x](const unsubscribe& y) { x->ended.push_back(y); },
        [x](const grant_credit& y) { x->granted.push_back(y); },
        [x](const relay_event& y) { x->relayed.push_back(y); },
        [](records_ready) {},
        [](revoke_partition) { return commit_position{}; },
      };
    }));
  }

  room_actor spawn_room_probe(room* x) {
    return keep_probe(system.spawn([x](room_actor::pointer) {
      return room_actor::behavior_type{
        [](const join_room&) {},
        [](const leave_room&) {},
        [x](const room_records& y) { x->records.push_back(y); },
        [x](const room_complete& y) { x->completed.push_back(y); },
        [x](const partition_added& y) { x->partitions_added.push_back(y); },
        [x](const room_problem& y) { x->problems.push_back(y.why); },
        [x](const room_unreachable& y) { x->unreachable.push_back(y.why); },
        [x](const room_moved& y) { x->moved.push_back(y); },
        [](const read_room&) {},
        [x](const broadcast_local& y) { x->local.push_back(y); },
        [](const disconnect_room&) { return disconnected{}; },
        [](const query_room&) { return room_described{}; },
      };
    }));
  }
};

} // namespace weir::test
