#pragma once

#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/record_blocks.hpp"
#include "tests/support/scripted_log.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace weir::test {

/// A PARTITION CONSUMER, the log it reads, its group, and two subscribers.
struct partition_consumer_fixture : deterministic_actor_system {
  using texts = std::vector<std::string>;
  using keys = std::vector<std::string>;

  static constexpr std::size_t cache_limit = 100'000;

  /// What a subscriber got.
  struct subscriber {
    std::vector<record_batch> batches;
    std::vector<keys_added> added;
    std::vector<local_event> local;
    subscriber_actor handle;
  };

  partition_consumer_fixture() {
    for (auto* x : {&a, &b})
      x->handle = spawn_probe<subscriber_actor>(&x->batches, &x->added,
                                                &x->local);
  }

  /// The log's records before the consumer begins, and where it begins.
  void start(const kafka::log_position& at = {0}) {
    consumer = keep(spawn_partition_consumer(
      executor, {{"topic", 3}, cache_limit}, log.log_at(at), group));
    run();
  }

  void subscribe_as(subscriber& x, keys wanted, std::int64_t cursor = -1,
                    std::uint64_t credit = 1'000'000, std::uint32_t id = 1) {
    tell_as(x.handle, consumer,
            subscribe{x.handle, id, cursor, std::move(wanted), credit});
  }

  void grant(subscriber& x, std::uint64_t bytes, std::uint32_t id = 1) {
    tell_as(x.handle, consumer, grant_credit{id, bytes});
  }

  void append(std::string key, std::string value = "v") {
    log.append(std::move(key), std::move(value));
    run();
  }

  /// Records of some size, to fill the cache and the credit with.
  void append_large(int n, const std::string& key) {
    for (int i = 0; i < n; ++i)
      append(key, std::string(10'000, 'x'));
  }

  void tick() { advance(200ms); }

  /// Records that came, in the order in which they did.
  static texts records(const subscriber& x) {
    texts result;
    for (auto& batch : x.batches)
      for (auto& y : records_in(batch.records))
        result.push_back(y);
    return result;
  }

  static std::size_t count(const subscriber& x) { return records(x).size(); }

  /// Each batch begins where the last ended; returns the end.
  static std::int64_t covered(const subscriber& x, std::int64_t from) {
    for (auto& batch : x.batches) {
      BOOST_TEST(batch.from == from);
      BOOST_TEST(batch.to >= from);
      from = batch.to;
    }
    return from;
  }

  scripted_log log;
  std::vector<commit_position> positions;
  subscriber a, b;
  consumer_group_actor group = spawn_group();
  partition_consumer_actor consumer;

private:
  consumer_group_actor spawn_group() {
    auto result = system.spawn([this](consumer_group_actor::pointer) {
      return consumer_group_actor::behavior_type{
        [](const read_interim&) {},
        [](group_event) {},
        [this](commit_position& x) { positions.push_back(std::move(x)); },
        [](query_status) { return group_status{}; },
        [](const check_topics&) { return topics_checked{}; },
        [](const use_topics&) {},
        [](drain) {},
      };
    });
    return keep_probe(result);
  }
};

} // namespace weir::test
