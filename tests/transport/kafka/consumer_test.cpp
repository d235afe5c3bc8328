#include "transport/kafka/consumer.hpp"

#include "tests/transport/kafka/kafka_fixture.hpp"
#include "transport/kafka/handles.hpp"
#include "transport/kafka/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <set>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

struct fixture : kafka_fixture {
  /// Partition of `key`, after `n` records were stored there.
  topic_partition store(std::string_view key, std::size_t n) {
    auto before = reports.size();
    for (std::size_t i = 0; i < n; ++i)
      send(key, std::to_string(i));
    BOOST_TEST_REQUIRE(await_reports(before + n));
    return {"t", reports.back().partition};
  }

  std::int64_t first_offset(const member& x, const topic_partition& of) {
    return x.logs.at(of).front().offset;
  }

  void fence_next_commit() {
    refuse_next_commit(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
  }

  void refuse_next_commit(rd_kafka_resp_err_t why) {
    constexpr std::int16_t offset_commit = 8; // Kafka's number of the request
    rd_kafka_mock_push_request_errors(broker.cluster(), offset_commit, 1, why);
  }

  /// Returns why it has failed, or nothing.
  std::string commit(member& x,
                     const std::map<topic_partition, log_position>& next) {
    x.commit_starts(); // or they may come later, and count
    x.commit(next);
    BOOST_TEST_REQUIRE(
      run({&x}, [&] { return x.committed.size() == x.commits; }));
    return x.committed.back();
  }

  void close(member& x) {
    x.inner.close();
    BOOST_TEST_REQUIRE(run({&x}, [&] { return x.inner.closed(); }));
  }
};

/// Brokers of which either may coordinate the group.
struct two_brokers {
  using cluster_handle
    = handle<rd_kafka_mock_cluster_t, rd_kafka_mock_cluster_destroy>;

  two_brokers() {
    rd_kafka_mock_topic_create(cluster.get(), "t", kafka_fixture::partitions,
                               2);
  }

  void coordinate(const char* group, std::int32_t broker) const {
    rd_kafka_mock_coordinator_set(cluster.get(), "group", group, broker);
  }

  /// From now on this one says that it does not coordinate the group; the mock
  /// would answer all the same.
  void refuse_group(std::int32_t broker) const {
    constexpr std::int16_t offset_fetch = 9; // Kafka's number of the request
    constexpr int many = 1000;
    for (int i = 0; i < many; ++i)
      rd_kafka_mock_broker_push_request_error_rtts(
        cluster.get(), broker, offset_fetch, 1,
        RD_KAFKA_RESP_ERR_NOT_COORDINATOR, 0);
  }

  static client_handle make_host() {
    conf_handle conf{rd_kafka_conf_new()};
    set_property(conf.get(), "log_level", "0");
    return make_client(RD_KAFKA_PRODUCER, std::move(conf));
  }

  client_handle host = make_host();
  cluster_handle cluster{rd_kafka_mock_cluster_new(host.get(), 2)};
  std::string bootstrap = rd_kafka_mock_cluster_bootstraps(cluster.get());
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(consumer_suite, fixture)

BOOST_AUTO_TEST_CASE(knows_the_position_of_an_empty_partition) {
  auto x = joined();
  for (auto& [partition, queue] : x->queues)
    BOOST_TEST(queue->position() == 0);
  BOOST_TEST(x->queues.size() == partitions);
}

BOOST_AUTO_TEST_CASE(tells_how_many_partitions_a_topic_has) {
  const std::vector<std::pair<std::string, std::int32_t>> expected{
    {"t", partitions}};
  auto alone = joined();
  BOOST_TEST((alone->partition_counts == expected));
  // In a group that is known even before anything is assigned.
  auto grouped = join(settings(false), "b");
  BOOST_TEST_REQUIRE(
    run({grouped.get()}, [&] { return !grouped->partition_counts.empty(); }));
  BOOST_TEST((grouped->partition_counts == expected));
  BOOST_TEST(grouped->rebalances == 0u);
}

BOOST_AUTO_TEST_CASE(starts_at_the_end_where_nothing_was_committed) {
  auto partition = store("k", 5);
  auto x = joined();
  BOOST_TEST(x->queues.at(partition)->position() == 5);
  store("k", 1);
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 1; }));
  BOOST_TEST(first_offset(*x, partition) == 5);
}

BOOST_AUTO_TEST_CASE(starts_at_the_beginning_when_told_so) {
  auto partition = store("k", 5);
  auto options = settings();
  options.consumer["auto.offset.reset"] = "earliest";
  auto x = join(options);
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 5; }));
  BOOST_TEST(first_offset(*x, partition) == 0);
}

BOOST_AUTO_TEST_CASE(starts_where_was_committed) {
  auto partition = store("k", 5);
  {
    auto x = joined();
    BOOST_TEST(commit(*x, {{partition, 3}}) == "");
    BOOST_TEST((x->got_by_group == std::map{std::pair{partition, 3L}}));
  }
  auto x = join(settings());
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 2; }));
  BOOST_TEST(first_offset(*x, partition) == 3);
}

BOOST_AUTO_TEST_CASE(starts_with_the_log_and_the_notes_that_were_committed) {
  auto partition = store("k", 5);
  for (log_id log : {0u, 7u})
    for (std::size_t size : {0u, 1u, 4000u}) {
      BOOST_TEST_CONTEXT("log " << log << ", note of " << size) {
        log_position place{3, log};
        place.note.assign(size, 'n');
        if (log != 0)
          place.epochs = size < 4000 ? "2/20,1/0-," : "2/20,";
        {
          auto x = joined();
          BOOST_TEST(commit(*x, {{partition, place}}) == "");
        }
        auto x = join(settings());
        BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 2; }));
        BOOST_TEST(first_offset(*x, partition) == 3);
        auto start = x->queues.at(partition)->start();
        place.leader_epoch = start.leader_epoch; // the simulated broker's own
        BOOST_TEST((start == place));
      }
    }
}

BOOST_AUTO_TEST_CASE(starts_a_partition_that_was_added_later_at_its_beginning) {
  auto added = store("other key", 5);
  BOOST_TEST_REQUIRE(added.partition > 0);
  {
    auto x = join(settings());
    BOOST_TEST(commit(*x, {{{"t", 0}, 0}}) == "");
  }
  auto x = join(settings());
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 5; }));
  BOOST_TEST(first_offset(*x, added) == 0);
}

// Other consumers of the group name no log, and may have been in a former one.
BOOST_AUTO_TEST_CASE(begins_again_where_it_was_committed_beyond_the_end) {
  auto partition = store("k", 5);
  for (std::int64_t offset : {6, 100}) {
    {
      auto x = joined();
      BOOST_TEST(commit(*x, {{partition, offset}}) == "");
    }
    auto x = join(settings());
    BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->positions_known(); }));
    BOOST_TEST(x->queues.at(partition)->position() <= 5);
    BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 5; }));
  }
}

BOOST_AUTO_TEST_CASE(finds_where_to_start_after_the_coordinator_has_moved) {
  const two_brokers cluster;
  auto options = settings();
  options.brokers = cluster.bootstrap;
  cluster.coordinate("test", 1);
  auto x = join(options);
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->positions_known(); }));
  const topic_partition partition{"t", 0};
  x->on_revoked({partition}, false);
  BOOST_TEST(commit(*x, {{partition, log_position{3, 7}}}) == "");
  cluster.coordinate("test", 2);
  cluster.refuse_group(1);
  x->on_assigned({partition});
  BOOST_TEST_REQUIRE(
    run({x.get()}, [&] { return x->queues.at(partition)->position() == 3; }));
}

BOOST_AUTO_TEST_CASE(knows_a_committed_position_before_any_record) {
  auto partition = store("k", 5);
  {
    auto x = joined();
    x->commit({{partition, 4}});
    BOOST_TEST(commit(*x, {{partition, 5}}) == "");
  }
  auto x = joined();
  BOOST_TEST(x->queues.at(partition)->position() == 5);
  BOOST_TEST(x->count() == 0u);
}

BOOST_AUTO_TEST_CASE(goes_on_at_the_log_s_start_when_its_offset_is_gone) {
  auto partition = store("k", 5);
  {
    auto x = joined();
    BOOST_TEST(commit(*x, {{partition, log_position{100}}}) == "");
  }
  auto x = join(settings());
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 5; }));
  BOOST_TEST(first_offset(*x, partition) == 0);
}

BOOST_AUTO_TEST_CASE(reads_nothing_twice_when_a_broker_has_less_for_a_while) {
  auto x = joined();
  auto partition = store("k", 5);
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 5; }));
  constexpr std::int16_t fetch = 1; // Kafka's number of the request
  rd_kafka_mock_push_request_errors(broker.cluster(), fetch, 1,
                                    RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
  store("k", 5);
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() >= 10; }));
  for (std::size_t i = 0; i < 10; ++i)
    BOOST_TEST(x->logs.at(partition)[i].offset == static_cast<std::int64_t>(i));
  BOOST_TEST(x->count() == 10u);
}

BOOST_AUTO_TEST_CASE(tells_nothing_as_committed_that_was_refused) {
  auto partition = store("k", 5);
  auto x = joined();
  BOOST_TEST(commit(*x, {{partition, 3}}) == "");
  BOOST_TEST(x->got_by_group.size() == 1u);
  refuse_next_commit(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
  BOOST_TEST(commit(*x, {{partition, 4}}) != "");
  BOOST_TEST(x->got_by_group.empty());
}

BOOST_AUTO_TEST_CASE(joins_again_when_the_group_has_fenced_it) {
  auto partition = store("k", 5);
  auto x = joined();
  BOOST_TEST(commit(*x, {{partition, 5}}) == "");
  fence_next_commit();
  x->commit({{partition, 4}}); // whose answer may come before the error or not
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->fatal_errors == 1; }));
  auto before = std::map{std::pair{partition, 5L}};
  BOOST_TEST((x->got_by_group.empty() || x->got_by_group == before));
  BOOST_TEST(x->revoked.size() == partitions);
  BOOST_TEST(!x->inner.brokers().reachable);
  BOOST_TEST(x->inner.brokers().last_error != "");
  BOOST_TEST_REQUIRE(
    run({x.get()}, [&] { return x->rebalances == 2 && x->positions_known(); }));
  store("k", 5);
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 5; }));
  BOOST_TEST(first_offset(*x, partition) == 5);
  BOOST_TEST(commit(*x, {{partition, 10}}) == "");
  BOOST_TEST(x->inner.brokers().reachable);
}

BOOST_AUTO_TEST_CASE(takes_no_new_client_while_an_old_queue_is_open) {
  auto x = joined();
  x->keeps_revoked = true;
  fence_next_commit();
  x->commit({{{"t", 0}, 0}});
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->fatal_errors == 1; }));
  auto later = clock::now() + 2s;
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return clock::now() > later; }));
  BOOST_TEST(x->rebalances == 1u);
  x->give_back(std::exchange(x->revoked, {}));
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->rebalances == 2; }));
}

BOOST_AUTO_TEST_CASE(may_be_closed_once_it_has_failed) {
  auto x = joined();
  fence_next_commit();
  x->commit({{{"t", 0}, 0}});
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->fatal_errors == 1; }));
  close(*x);
  BOOST_TEST(x->queues.empty());
}

BOOST_AUTO_TEST_CASE(close_gives_everything_back_first) {
  auto x = joined();
  close(*x);
  BOOST_TEST(x->revoked.size() == partitions);
  BOOST_TEST(x->queues.empty());
}

BOOST_AUTO_TEST_CASE(queues_may_outlive_it) {
  auto partition = store("k", 5);
  auto x = joined();
  auto queue = std::move(x->queues.at(partition));
  x->queues.clear();
  x.reset();
  store("k", 5);
  auto unexpected = [](const record_view&) { BOOST_ERROR("a record"); };
  BOOST_TEST(queue->read(1'000'000, unexpected) == 0u);
  BOOST_TEST(queue->position() == 5);
}

BOOST_AUTO_TEST_CASE(tells_that_no_broker_answers_and_that_one_is_back) {
  auto x = joined();
  BOOST_TEST(x->inner.brokers().reachable);
  rd_kafka_mock_broker_set_down(broker.cluster(), only_broker);
  BOOST_TEST_REQUIRE(
    run({x.get()}, [&] { return !x->inner.brokers().reachable; }));
  BOOST_TEST(!x->inner.brokers().last_error.empty());
  rd_kafka_mock_broker_set_up(broker.cluster(), only_broker);
  BOOST_TEST_REQUIRE(
    run({x.get()}, [&] { return x->inner.brokers().reachable; }));
  BOOST_TEST(x->inner.brokers().last_error == "");
}

BOOST_AUTO_TEST_CASE(reads_on_after_the_broker_was_away) {
  auto x = joined();
  store("k", 5);
  rd_kafka_mock_broker_set_down(broker.cluster(), only_broker);
  BOOST_TEST_REQUIRE(
    run({x.get()}, [&] { return !x->inner.brokers().reachable; }));
  rd_kafka_mock_broker_set_up(broker.cluster(), only_broker);
  auto partition = store("k", 5);
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->count() == 10; }));
  for (std::size_t i = 0; i < 10; ++i)
    BOOST_TEST(x->logs.at(partition)[i].offset == static_cast<std::int64_t>(i));
}

BOOST_AUTO_TEST_CASE(starts_without_a_broker_and_works_once_there_is_one) {
  rd_kafka_mock_broker_set_down(broker.cluster(), only_broker);
  auto x = join(settings());
  BOOST_TEST_REQUIRE(
    run({x.get()}, [&] { return !x->inner.brokers().last_error.empty(); }));
  BOOST_TEST(!x->inner.brokers().reachable);
  rd_kafka_mock_broker_set_up(broker.cluster(), only_broker);
  BOOST_TEST_REQUIRE(run({x.get()}, [&] { return x->positions_known(); }));
}

BOOST_AUTO_TEST_SUITE_END()
