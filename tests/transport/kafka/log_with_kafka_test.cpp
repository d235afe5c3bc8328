// What becomes of a reader when the log changes under it. Needs a real Kafka,
// whose address is in the file that WEIR_TEST_KAFKA names.

#include "tests/transport/kafka/kafka_admin.hpp"
#include "tests/transport/kafka/real_kafka.hpp"
#include "tests/transport/kafka/replay.hpp"
#include "transport/kafka/leader_query.hpp"
#include "transport/kafka/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

weir::kafka_options settings_of_log() {
  weir::kafka_options result;
  result.embedded = false;
  result.brokers = real_kafka();
  result.properties["topic.metadata.refresh.interval.ms"] = "100";
  // Small, so that a reader which does not read falls behind.
  result.consumer["queued.max.messages.kbytes"] = "1";
  result.consumer["fetch.message.max.bytes"] = "1000";
  return result;
}

struct fixture {
  fixture() { admin.create(partition.topic); }
  ~fixture() { admin.remove(partition.topic); }

  static std::string fresh_topic() {
    auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return "log-" + std::to_string(now);
  }

  /// One batch each: a fetch answers with few of them.
  void store(int n, std::size_t size = 500) {
    test_notifier notifier;
    producer sender{settings_of_log(), notifier.callback()};
    std::string value(size, 'v');
    std::vector<delivery_report> reports;
    for (std::size_t i = 1; i <= static_cast<std::size_t>(n); ++i) {
      sender.produce({.topic = partition.topic,
                      .key = "k",
                      .value = value,
                      .headers = {},
                      .token = i});
      while (reports.size() < i && notifier.wait(kafka_fixture::deadline))
        sender.poll(reports, 1);
      BOOST_TEST_REQUIRE(reports.size() == i);
      BOOST_TEST_REQUIRE((reports.back().error == produce_errc::none));
    }
  }

  kafka_admin admin{real_kafka()};
  topic_partition partition{fresh_topic(), 0};
  log_reader reader{settings_of_log(), {.name = "test", .node = "a"}};
};

} // namespace

BOOST_AUTO_TEST_SUITE(log_with_kafka, *needs_real_kafka)

BOOST_FIXTURE_TEST_CASE(reads_from_any_offset_to_the_end, fixture) {
  store(10);
  for (std::int64_t from : {0, 7, 10}) {
    replay x{reader, partition, from};
    BOOST_TEST_REQUIRE(x.until_end());
    BOOST_TEST(x.seen == range(from, 10), boost::test_tools::per_element());
    BOOST_TEST(x.queue->log_start() == 0);
  }
}

BOOST_FIXTURE_TEST_CASE(what_is_older_than_the_log_begins_at_its_start,
                        fixture) {
  store(10);
  admin.remove_records(partition.topic, 6);
  replay x{reader, partition, 2};
  BOOST_TEST_REQUIRE(x.until([&] { return !x.seen.empty(); }));
  BOOST_TEST(x.queue->log_start() == 6);
  BOOST_TEST_REQUIRE(x.until_end());
  BOOST_TEST(x.seen == range(6, 10), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_log_of_which_nothing_is_left_shows_in_its_start,
                        fixture) {
  store(10);
  admin.remove_records(partition.topic, 10);
  replay x{reader, partition, 2};
  BOOST_TEST_REQUIRE(x.until([&] { return x.queue->log_start() == 10; }));
  BOOST_TEST(x.seen.empty());
  BOOST_TEST(x.queue->position() == 10);
}

BOOST_FIXTURE_TEST_CASE(what_is_deleted_ahead_of_a_reader_shows_in_log_start,
                        fixture) {
  store(50);
  replay x{reader, partition, 0};
  while (x.read(1) == 0)
    BOOST_TEST_REQUIRE(x.notifier.wait(kafka_fixture::deadline));
  admin.remove_records(partition.topic, 40);
  BOOST_TEST_REQUIRE(x.until([&] { return x.queue->position() == 50; }));
  auto gap = std::adjacent_find(x.seen.begin(), x.seen.end(),
                                [](auto a, auto b) { return b != a + 1; });
  BOOST_TEST_REQUIRE((gap != x.seen.end()));
  BOOST_TEST(gap[1] == 40);
  BOOST_TEST(x.queue->log_start() == 40);
  BOOST_TEST((offsets(gap + 1, x.seen.end()) == range(40, 50)));
}

BOOST_FIXTURE_TEST_CASE(a_leader_tells_its_epoch_and_where_the_log_ends,
                        fixture) {
  store(7);
  client_handle client{
    rd_kafka_new(RD_KAFKA_CONSUMER,
                 consumer_conf(settings_of_log(), {}).release(), nullptr, 0)};
  BOOST_TEST_REQUIRE(client.get());
  leader_query query{client.get()};
  query.ask(partition);
  std::optional<log_leader> leader;
  for (auto until = clock::now() + kafka_fixture::deadline;
       !leader && clock::now() < until;)
    leader = query.take();
  BOOST_TEST_REQUIRE(leader.has_value());
  BOOST_TEST(leader->log_end == 7);
  // It has led since the topic was created.
  BOOST_TEST(leader->epoch == 0);
}

BOOST_FIXTURE_TEST_CASE(a_topic_created_again_shows_in_lower_offsets, fixture) {
  store(10);
  replay x{reader, partition, 0};
  BOOST_TEST_REQUIRE(x.until_end());
  admin.remove(partition.topic);
  admin.create(partition.topic);
  store(3);
  x.seen.clear();
  BOOST_TEST_REQUIRE(x.until([&] { return x.seen.size() == 3; }));
  BOOST_TEST(x.seen == range(0, 3), boost::test_tools::per_element());
  BOOST_TEST(x.queue->position() == 3);
}

BOOST_FIXTURE_TEST_CASE(a_topic_created_again_and_empty_shows_in_log_end,
                        fixture) {
  store(10);
  replay x{reader, partition, 0};
  BOOST_TEST_REQUIRE(x.until_end());
  admin.remove(partition.topic);
  admin.create(partition.topic);
  BOOST_TEST_REQUIRE(x.until([&] { return x.queue->log_end() == 0; }));
  BOOST_TEST(x.queue->position() == 10);
}

BOOST_AUTO_TEST_SUITE_END()
