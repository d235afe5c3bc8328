#include "tests/transport/kafka/kafka_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir::kafka;
using namespace weir::kafka::test;

BOOST_FIXTURE_TEST_SUITE(round_trip, kafka_fixture)

BOOST_AUTO_TEST_CASE(a_record_comes_back_with_its_key_value_and_headers) {
  auto reader = joined();
  auto result = sender.produce(
    {.topic = "t",
     .key = "room",
     .value = R"({"a":1})",
     .headers = {{"ce_type", "chat message"}, {"ce_weirack", ""}},
     .token = 7});
  BOOST_TEST((result == produce_errc::none));
  BOOST_TEST_REQUIRE(run({reader.get()}, [&] {
    return reader->count() == 1 && reports.size() == 1;
  }));
  auto& report = reports[0];
  BOOST_TEST(report.token == 7u);
  BOOST_TEST((report.error == produce_errc::none));
  auto& record = reader->logs.at({"t", report.partition}).at(0);
  BOOST_TEST(record.offset == report.offset);
  BOOST_TEST(record.key == "room");
  BOOST_TEST(record.value == R"({"a":1})");
  BOOST_TEST_REQUIRE(record.headers.size() == 2u);
  BOOST_TEST(record.headers[0].first == "ce_type");
  BOOST_TEST(record.headers[0].second == "chat message");
  BOOST_TEST(record.headers[1].first == "ce_weirack");
  BOOST_TEST(record.headers[1].second == "");
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_no_tombstone) {
  auto reader = joined();
  send("k", "");
  send("k", std::string_view{});
  BOOST_TEST_REQUIRE(run({reader.get()}, [&] { return reader->count() == 2; }));
  for (auto& [partition, log] : reader->logs)
    if (!log.empty()) {
      BOOST_TEST(!log[0].tombstone);
      BOOST_TEST(log[1].tombstone);
    }
}

BOOST_AUTO_TEST_CASE(records_of_one_key_keep_their_order) {
  auto reader = joined();
  for (int i = 0; i < 1000; ++i)
    send("key " + std::to_string(i % 10), std::to_string(i));
  BOOST_TEST_REQUIRE(
    run({reader.get()}, [&] { return reader->count() == 1000; }));
  std::map<std::string, int> last;
  for (auto& [partition, log] : reader->logs)
    for (std::size_t i = 0; i < log.size(); ++i) {
      BOOST_TEST(log[i].offset == static_cast<std::int64_t>(i));
      auto [at, first] = last.try_emplace(log[i].key, -1);
      BOOST_TEST(std::stoi(log[i].value) > at->second);
      at->second = std::stoi(log[i].value);
    }
  BOOST_TEST(last.size() == 10u);
}

BOOST_AUTO_TEST_CASE(keys_go_where_the_java_client_puts_them) {
  // From Kafka's own test of Utils.murmur2.
  const std::map<std::string, std::int32_t> hashes{
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
  };
  std::vector<std::int32_t> expected;
  for (auto& [key, hash] : hashes) {
    send(key, "x", expected.size());
    expected.push_back((hash & 0x7fffffff)
                       % static_cast<std::int32_t>(partitions));
  }
  BOOST_TEST_REQUIRE(await_reports(hashes.size()));
  for (auto& report : reports)
    BOOST_TEST(report.partition == expected.at(report.token));
}

BOOST_AUTO_TEST_CASE(no_notification_is_lost) {
  test_notifier records;
  auto reader = join(settings());
  reader->queue_notifier = &records;
  BOOST_TEST_REQUIRE(
    run({reader.get()}, [&] { return reader->positions_known(); }));
  send("k", "which partition?");
  BOOST_TEST_REQUIRE(await_reports(1));
  topic_partition partition{"t", reports[0].partition};
  auto& queue = *reader->queues.at(partition);
  auto& log = reader->logs[partition];
  for (std::size_t i = 1; i <= 1000; ++i) {
    auto end = clock::now() + deadline;
    while (log.size() < i && clock::now() < end) {
      // It is notified under the queue's lock, as the record comes in.
      auto waiting = queue.waiting() > 0;
      BOOST_TEST_REQUIRE((!waiting || records.notified()));
      if (records.wait(1ms))
        reader->read(partition, 1'000'000);
      poll_producer();
    }
    BOOST_TEST_REQUIRE(log.size() == i);
    send("k", "ping");
  }
}

BOOST_AUTO_TEST_CASE(reports_wake_the_one_who_polls_them) {
  test_notifier own_notifier;
  producer own{settings(), own_notifier.callback()};
  std::vector<delivery_report> got;
  for (std::size_t i = 0; i < 500; ++i) {
    own.produce(
      {.topic = "t", .key = "k", .value = "v", .headers = {}, .token = i});
    while (got.size() <= i) {
      BOOST_TEST_REQUIRE(own_notifier.wait(deadline));
      own.poll(got, 1000);
    }
    BOOST_TEST(own.in_flight() == 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
