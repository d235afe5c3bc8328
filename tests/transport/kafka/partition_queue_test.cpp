#include "transport/kafka/partition_queue.hpp"

#include "tests/transport/kafka/kafka_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

constexpr std::size_t record_size = 1000;
constexpr std::size_t bound_kbytes = 64;
constexpr std::size_t records_in_bound = bound_kbytes * 1024 / record_size;
// librdkafka may overshoot by what was under way: one batch of the producer.
constexpr std::size_t batch_records = 10;

struct fixture : kafka_fixture {
  fixture() {
    auto x = settings();
    x.producer["batch.num.messages"] = std::to_string(batch_records);
    small_batches = std::make_unique<producer>(x, notifier.callback());
    reader = join(bounded());
    BOOST_TEST_REQUIRE(
      run({reader.get()}, [&] { return reader->positions_known(); }));
  }

  weir::kafka_options bounded() const {
    auto result = settings();
    result.consumer["queued.max.messages.kbytes"]
      = std::to_string(bound_kbytes);
    return result;
  }

  /// Stores `n` records of `key`; tells the partition.
  topic_partition fill(std::string_view key, std::size_t n) {
    std::string value(record_size, 'v');
    for (std::size_t i = 0; i < n; ++i)
      small_batches->produce(
        {.topic = "t", .key = key, .value = value, .headers = {}, .token = i});
    std::vector<delivery_report> stored;
    BOOST_TEST_REQUIRE(run({}, [&] {
      small_batches->poll(stored, n);
      return stored.size() == n;
    }));
    return {"t", stored.front().partition};
  }

  std::unique_ptr<producer> small_batches;
  std::unique_ptr<member> reader;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(partition_queue_suite, fixture)

BOOST_AUTO_TEST_CASE(an_unread_queue_stays_bounded) {
  // Stored before it is read: a reader that has caught up for a moment finds
  // the log's end in its queue too, which is no record.
  auto partition = fill("k", 10 * records_in_bound);
  auto x = bounded();
  x.consumer["auto.offset.reset"] = "earliest";
  reader = join(x);
  reader->reading = false;
  auto end = static_cast<std::int64_t>(10 * records_in_bound);
  BOOST_TEST_REQUIRE(run({reader.get()}, [&] {
    return reader->queues.contains(partition)
           && reader->queues.at(partition)->waiting() >= records_in_bound;
  }));
  auto& queue = reader->queues.at(partition);
  // Others are fetched meanwhile, and this one could be.
  auto other = fill("other key", 1);
  BOOST_TEST_REQUIRE((other != partition));
  BOOST_TEST_REQUIRE(
    run({reader.get()}, [&] { return reader->read(other, 1) > 0; }));
  // The first in it says that fetching begins here.
  BOOST_TEST(queue->waiting() <= 1 + records_in_bound + batch_records);
  BOOST_TEST(queue->log_end() <= end);
}

BOOST_AUTO_TEST_CASE(an_unread_partition_does_not_hold_up_another) {
  reader->reading = false;
  auto unread = fill("k", 10 * records_in_bound);
  auto busy = fill("other key", 10 * records_in_bound);
  BOOST_TEST_REQUIRE((unread != busy));
  BOOST_TEST(run({reader.get()}, [&] {
    reader->read(busy, 100'000);
    return reader->logs[busy].size() == 10 * records_in_bound;
  }));
  BOOST_TEST(reader->logs[unread].empty());
}

BOOST_AUTO_TEST_CASE(a_drained_queue_is_filled_again_at_once,
                     *boost::unit_test::label("realtime")) {
  auto start = clock::now();
  auto partition = fill("k", 20 * records_in_bound);
  auto& log = reader->logs[partition];
  BOOST_TEST_REQUIRE(
    run({reader.get()}, [&] { return log.size() == 20 * records_in_bound; }));
  // Were it taken up again once a second only, this would take 20 s.
  BOOST_TEST((clock::now() - start < 10s)); // realtime
  for (std::size_t i = 0; i < log.size(); ++i)
    BOOST_TEST(log[i].offset == static_cast<std::int64_t>(i));
}

BOOST_AUTO_TEST_CASE(may_be_read_in_another_thread_than_the_consumer_s) {
  reader->reading = false;
  auto partition = fill("k", 10 * records_in_bound);
  std::atomic<bool> done{false};
  std::thread other{[&] {
    auto end = clock::now() + deadline;
    while (reader->logs[partition].size() < 10 * records_in_bound
           && clock::now() < end)
      if (reader->read(partition, 100'000) == 0)
        std::this_thread::yield();
    done = true;
  }};
  // Not `run`, which looks at the queue.
  while (!done) {
    reader->inner.poll();
    notifier.wait(tick);
  }
  other.join();
  BOOST_TEST(reader->logs[partition].size() == 10 * records_in_bound);
}

BOOST_AUTO_TEST_CASE(reads_about_as_much_as_asked) {
  reader->reading = false;
  auto partition = fill("k", records_in_bound);
  auto& queue = reader->queues.at(partition);
  BOOST_TEST_REQUIRE(run({reader.get()}, [&] {
    return queue->waiting() >= records_in_bound / 2;
  }));
  reader->read(partition, 1); // now it knows the size of records
  auto bytes = reader->read(partition, 10 * record_size);
  BOOST_TEST(bytes >= 10 * record_size);
  BOOST_TEST(bytes <= 12 * record_size);
}

BOOST_AUTO_TEST_CASE(knows_its_position_and_the_log_s_ends) {
  auto partition = fill("k", 30);
  auto& queue = reader->queues.at(partition);
  BOOST_TEST_REQUIRE(
    run({reader.get()}, [&] { return reader->logs[partition].size() == 30; }));
  BOOST_TEST(queue->position() == 30);
  BOOST_TEST_REQUIRE(
    run({reader.get()}, [&] { return queue->log_end() == 30; }));
  BOOST_TEST(queue->log_start() == 0);
  BOOST_TEST(!queue->problem());
}

BOOST_AUTO_TEST_SUITE_END()
