#include "transport/kafka/interim_reader.hpp"

#include "tests/transport/kafka/kafka_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

/// A node outside of the group, beside a member that has all partitions.
struct fixture : kafka_fixture {
  topic_partition store(std::size_t n) {
    auto before = reports.size();
    for (std::size_t i = 0; i < n; ++i)
      while (send("k", "v") == produce_errc::queue_full)
        poll_producer();
    BOOST_TEST_REQUIRE(run({}, [&] {
      sender.poll(reports, n);
      return reports.size() == before + n;
    }));
    return {"t", reports.back().partition};
  }

  /// The group has got to there; what the member commits by itself, where its
  /// partitions start, comes before that.
  void commit(member& x, const topic_partition& partition, std::int64_t next) {
    auto is_done = [&] {
      return x.started.size() == partitions && x.committed.size() == x.commits;
    };
    BOOST_TEST_REQUIRE(run({&x}, is_done));
    x.commit({{partition, next}});
    BOOST_TEST_REQUIRE(run({&x}, is_done));
    BOOST_TEST(x.committed.back() == "");
  }

  std::unique_ptr<partition_queue> open(const topic_partition& x) {
    BOOST_TEST_REQUIRE(reader.is_ready());
    seen.clear();
    return reader.open(x, notifier.callback());
  }

  bool until(partition_queue& queue, const std::function<bool()>& done) {
    return run({}, [&] {
      reader.poll();
      queue.read(1'000'000,
                 [&](const record_view& x) { seen.push_back(x.offset); });
      return done();
    });
  }

  bool until_seen(partition_queue& queue, std::int64_t last) {
    return until(queue, [&] { return !seen.empty() && seen.back() == last; });
  }

  /// Created since the reader is here: its partitions start at the log's start,
  /// wherever that is.
  void note_as_new(const std::string& topic) {
    topic_state state;
    state.is_missing = true;
    reader.note(topic, state);
    state.is_missing = false;
    state.log = 7;
    state.partitions = partitions;
    reader.note(topic, state);
  }

  /// Of those that were tracked.
  bool has_got_request(std::int16_t what) {
    std::size_t n = 0;
    auto** all = rd_kafka_mock_get_requests(broker.cluster(), &n);
    auto result = std::any_of(all, all + n, [what](auto* x) {
      return rd_kafka_mock_request_api_key(x) == what;
    });
    rd_kafka_mock_request_destroy_array(all, n);
    return result;
  }

  std::vector<std::int64_t> seen;
  interim_reader reader{settings(),
                        {.name = "test", .node = "b"},
                        notifier.callback()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_interim_reader, fixture)

BOOST_AUTO_TEST_CASE(begins_where_the_group_has_got_to) {
  auto member = joined();
  auto x = store(10);
  commit(*member, x, 4);
  auto queue = open(x);
  BOOST_TEST(queue->position() == -1);
  BOOST_TEST_REQUIRE(until_seen(*queue, 9));
  BOOST_TEST(seen.front() == 4);
  BOOST_TEST(queue->start().offset == 4);
  store(5);
  BOOST_TEST_REQUIRE(until_seen(*queue, 14));
  BOOST_TEST(seen.size() == 11u);
}

BOOST_AUTO_TEST_CASE(takes_nothing_from_the_member) {
  auto member = joined();
  auto x = store(10);
  commit(*member, x, 0);
  auto queue = open(x);
  BOOST_TEST_REQUIRE(until_seen(*queue, 9));
  BOOST_TEST_REQUIRE(
    run({member.get()}, [&] { return member->count() == 10; }));
  BOOST_TEST(member->rebalances == 1u);
  BOOST_TEST(member->revoked.empty());
}

BOOST_AUTO_TEST_CASE(begins_at_the_end_where_nothing_is_committed) {
  auto x = store(10);
  auto queue = open(x);
  BOOST_TEST_REQUIRE(until(*queue, [&] { return queue->position() == 10; }));
  BOOST_TEST(seen.empty());
  store(1);
  BOOST_TEST_REQUIRE(until_seen(*queue, 10));
}

BOOST_AUTO_TEST_CASE(opens_a_partition_again_from_where_the_group_is_then) {
  auto member = joined();
  auto x = store(10);
  commit(*member, x, 2);
  auto queue = open(x);
  BOOST_TEST_REQUIRE(until_seen(*queue, 9));
  queue.reset();
  reader.close(x);
  store(10);
  commit(*member, x, 15);
  queue = open(x);
  BOOST_TEST_REQUIRE(until_seen(*queue, 19));
  BOOST_TEST(seen.front() == 15);
}

BOOST_AUTO_TEST_CASE(closes_a_partition_before_its_start_is_known) {
  auto member = joined();
  auto x = store(10);
  commit(*member, x, 2);
  for (int i = 0; i < 20; ++i) {
    open(x);
    reader.close(x);
  }
  auto queue = open(x);
  BOOST_TEST_REQUIRE(until_seen(*queue, 9));
  BOOST_TEST(seen.size() == 8u);
}

BOOST_AUTO_TEST_CASE(knows_the_log_that_the_topic_has) {
  auto x = store(1);
  topic_state state;
  state.log = 7;
  state.partitions = partitions;
  reader.note("t", state);
  auto queue = open(x);
  BOOST_TEST(queue->log() == 7u);
  state.is_missing = true;
  reader.note("t", state);
  store(1);
  BOOST_TEST(queue->read(1'000'000, [](auto&) {}) == 0u);
}

// Its first records came while nobody had committed anything.
BOOST_AUTO_TEST_CASE(
  begins_a_topic_that_was_created_meanwhile_at_its_beginning) {
  note_as_new("t");
  auto x = store(3);
  auto queue = open(x);
  BOOST_TEST_REQUIRE(until_seen(*queue, 2));
  BOOST_TEST(seen.size() == 3u);
}

/// librdkafka's own does: see tools/build_librdkafka.
BOOST_AUTO_TEST_CASE(
  has_nothing_fetched_of_what_was_closed_while_its_start_was_looked_up) {
  constexpr auto answer_time = 300ms;
  constexpr std::int16_t list_offsets = 2; // in Kafka's protocol
  auto member = joined();
  note_as_new("t");
  auto x = store(10);
  rd_kafka_mock_start_request_tracking(broker.cluster());
  rd_kafka_mock_broker_push_request_error_rtts(
    broker.cluster(), only_broker, list_offsets, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
    static_cast<int>(answer_time.count()));
  auto queue = open(x);
  BOOST_TEST_REQUIRE(
    until(*queue, [&] { return has_got_request(list_offsets); }));
  rd_kafka_mock_stop_request_tracking(broker.cluster());
  queue.reset();
  reader.close(x);
  commit(*member, x, 10);
  // The answer has come then, and what it might set off has had its time.
  auto end = clock::now() + answer_time + 1500ms;
  run({member.get()}, [&] { return clock::now() > end; });
  queue = open(x);
  BOOST_TEST_REQUIRE(until(*queue, [&] { return queue->position() == 10; }));
  BOOST_TEST(seen.empty());
}

BOOST_AUTO_TEST_CASE(may_end_before_its_queues) {
  auto x = store(10);
  auto other = std::make_unique<interim_reader>(
    settings(), weir::cluster_options{.name = "test", .node = "c"},
    notifier.callback());
  BOOST_TEST_REQUIRE(other->is_ready());
  auto queue = other->open(x, notifier.callback());
  other.reset();
  queue->read(1'000'000, [](auto&) {});
}

BOOST_AUTO_TEST_SUITE_END()
