#include "transport/kafka/log_reader.hpp"

#include "tests/transport/kafka/replay.hpp"
#include "transport/kafka/handles.hpp"
#include "transport/kafka/truncation_detector.hpp"

#include <boost/test/unit_test.hpp>

#include <librdkafka/rdkafka_mock.h>

#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

struct fixture : kafka_fixture {
  topic_partition store(std::string_view key, std::size_t n,
                        const std::string& value = "v") {
    auto before = reports.size();
    for (std::size_t i = 0; i < n; ++i)
      while (send(key, value) == produce_errc::queue_full)
        poll_producer();
    BOOST_TEST_REQUIRE(run({}, [&] {
      sender.poll(reports, n);
      return reports.size() == before + n;
    }));
    return {"t", reports.back().partition};
  }

  /// What librdkafka's threads have told of so far, without its lines.
  std::set<std::string> codes() {
    const std::lock_guard guard{mutex};
    return told;
  }

  std::mutex mutex;
  std::set<std::string> told;
  log_reader reader{settings(),
                    {.name = "test", .node = "a"},
                    [this](const kafka_error& x) {
                      const std::lock_guard guard{mutex};
                      told.insert(x.code);
                    }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(log_reader_suite, fixture)

BOOST_AUTO_TEST_CASE(reads_from_any_offset_to_the_end) {
  auto partition = store("k", 10);
  for (std::int64_t from : {0, 4, 9, 10}) {
    replay x{reader, partition, from};
    BOOST_TEST_REQUIRE(x.until_end());
    BOOST_TEST(x.seen == range(from, 10), boost::test_tools::per_element());
    BOOST_TEST(x.queue->position() == 10);
    BOOST_TEST(x.queue->log_start() == 0);
    BOOST_TEST(x.queue->log_end() == 10);
  }
}

BOOST_AUTO_TEST_CASE(goes_on_with_what_is_being_stored) {
  auto partition = store("k", 10);
  replay x{reader, partition, 5};
  BOOST_TEST_REQUIRE(x.until_end());
  store("k", 10);
  BOOST_TEST_REQUIRE(x.until([&] { return x.queue->position() == 20; }));
  BOOST_TEST(x.seen == range(5, 20), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_nothing_from_the_group_s_member) {
  auto member = joined();
  auto partition = store("k", 10);
  replay x{reader, partition, 0};
  BOOST_TEST_REQUIRE(x.until_end());
  BOOST_TEST(x.seen.size() == 10u);
  BOOST_TEST_REQUIRE(
    run({member.get()}, [&] { return member->count() == 10; }));
}

BOOST_AUTO_TEST_CASE(a_partition_is_reopened_at_another_offset) {
  auto partition = store("k", 20'000);
  for (std::int64_t from : {15'000, 300, 19'990, 0, 7'000, 0, 19'999, 1}) {
    replay x{reader, partition, from};
    BOOST_TEST_REQUIRE(x.queue);
    // Left with most of it still waiting or on its way.
    BOOST_TEST_REQUIRE(x.until([&] { return !x.seen.empty(); }));
    BOOST_TEST(x.seen == range(from, from + std::ssize(x.seen)),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_partition_is_reopened_before_it_was_read) {
  auto partition = store("k", 20'000);
  for (int i = 0; i < 50; ++i)
    replay{reader, partition, i};
  replay x{reader, partition, 19'000};
  BOOST_TEST_REQUIRE(x.until_end());
  BOOST_TEST(x.seen == range(19'000, 20'000), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_partition_is_open_once_at_a_time) {
  auto partition = store("k", 1);
  auto first = std::make_unique<replay>(reader, partition, 0);
  BOOST_TEST((replay{reader, partition, 0}.queue == nullptr));
  first.reset();
  BOOST_TEST((replay{reader, partition, 0}.queue != nullptr));
}

BOOST_AUTO_TEST_CASE(two_threads_read_two_partitions) {
  auto p = store("k", 10'000), q = store("other key", 10'000);
  BOOST_TEST_REQUIRE((p != q));
  auto read_often = [this](const topic_partition& partition) {
    for (std::int64_t from = 0; from < 10'000; from += 500) {
      replay x{reader, partition, from};
      if (!x.until_end() || x.seen != range(from, 10'000))
        return from;
    }
    return std::int64_t{-1}; // nothing failed
  };
  auto other = std::async(std::launch::async, read_often, q);
  BOOST_TEST(read_often(p) == -1);
  BOOST_TEST(other.get() == -1);
}

BOOST_AUTO_TEST_CASE(one_far_behind_catches_up_through_a_small_queue) {
  auto options = settings();
  options.consumer["queued.max.messages.kbytes"] = "64";
  options.consumer["fetch.message.max.bytes"] = "65536";
  log_reader small{options, {.name = "test", .node = "a"}};
  constexpr std::size_t count = 50'000;
  auto partition = store("k", count, std::string(50, 'v'));
  replay x{small, partition, 0};
  BOOST_TEST_REQUIRE(x.until([&] { return x.seen.size() == count; }));
  BOOST_TEST((x.seen == range(0, count)));
}

BOOST_AUTO_TEST_CASE(what_is_older_than_the_log_begins_at_its_start) {
  // The embedded broker keeps 5 MiB.
  auto partition = store("k", 80, std::string(100'000, 'v'));
  replay x{reader, partition, 3};
  BOOST_TEST(x.queue->position() == 3);
  BOOST_TEST_REQUIRE(x.until([&] { return !x.seen.empty(); }));
  auto start = x.queue->log_start();
  BOOST_TEST(start > 3);
  BOOST_TEST_REQUIRE(x.until_end());
  BOOST_TEST(x.seen == range(start, 80), boost::test_tools::per_element());
  // Librdkafka goes there by itself, and says so in its log alone.
  BOOST_TEST(codes() == std::set<std::string>{"_AUTO_OFFSET_RESET"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_beyond_the_end_shows_in_lower_offsets) {
  auto partition = store("k", 10);
  replay x{reader, partition, 100};
  BOOST_TEST(x.queue->position() == 100);
  BOOST_TEST_REQUIRE(x.until([&] { return x.seen.size() == 10; }));
  BOOST_TEST(x.seen == range(0, 10), boost::test_tools::per_element());
  BOOST_TEST(x.queue->log_end() == 10);
}

BOOST_AUTO_TEST_CASE(what_is_beyond_the_end_of_an_empty_log_shows_there) {
  replay x{reader, {"t", 0}, 100};
  BOOST_TEST_REQUIRE(x.until([&] { return x.queue->log_end() == 0; }));
  BOOST_TEST(x.queue->position() == 100);
  BOOST_TEST(x.seen.empty());
}

BOOST_AUTO_TEST_CASE(a_queue_may_outlive_its_reader) {
  auto partition = store("k", 10);
  auto own = std::make_unique<log_reader>(
    settings(), weir::cluster_options{.name = "test", .node = "b"});
  replay x{*own, partition, 0};
  own.reset();
  BOOST_TEST_REQUIRE(x.until_end());
  BOOST_TEST(x.seen.size() == 10u);
}

// As one does that was cut off: what it answers is from before the position, for
// longer than it takes to confirm what a log without epochs is.
BOOST_AUTO_TEST_CASE(a_leader_that_is_none_any_more_is_not_believed) {
  auto partition = store("k", 10);
  constexpr log_id some_log = 7;
  constexpr std::int32_t epoch = 3; // the embedded broker has 0
  replay x{reader, partition, {20, some_log, epoch}};
  auto end = clock::now() + truncation_detector::confirmed_after
             + 5 * truncation_detector::between_questions;
  BOOST_TEST(x.until([&] { return clock::now() > end; }));
  BOOST_TEST(x.seen.empty());
  BOOST_TEST(x.queue->position() == 20);
  // Once, however often it asks.
  BOOST_TEST(x.queue->problem().code == "OFFSET_OUT_OF_RANGE");
  BOOST_TEST(x.queue->errors() == 1u);
}

// The position is of a log whose first leader had stored at least 20; the next
// one has no more than 10 of them, and what it has stored since is others'.
struct cut : fixture {
  static constexpr std::int64_t kept = 10;
  static constexpr std::int64_t longer = 30;
  static constexpr log_id some_log = 7;

  cut() {
    partition = store("k", kept);
    rd_kafka_mock_partition_set_leader(broker.cluster(), "t",
                                       partition.partition, 1);
  }

  void grow() { store("k", longer - kept); }

  topic_partition partition;
};

BOOST_FIXTURE_TEST_CASE(a_log_that_was_cut_is_read_from_there, cut) {
  grow();
  for (std::int64_t from : {11, 20, 29, 40}) {
    replay x{reader, partition, {from, some_log, 0}};
    BOOST_TEST_REQUIRE(x.until([&] { return x.seen.size() >= longer - kept; }));
    BOOST_TEST(x.seen == range(kept, longer), boost::test_tools::per_element());
  }
}

BOOST_FIXTURE_TEST_CASE(
  what_was_kept_of_a_log_that_was_cut_is_not_reported_again, cut) {
  grow();
  for (std::int64_t from : {3, 10}) {
    replay x{reader, partition, {from, some_log, 0}};
    BOOST_TEST_REQUIRE(x.until_end());
    BOOST_TEST(x.seen == range(from, longer), boost::test_tools::per_element());
  }
}

BOOST_FIXTURE_TEST_CASE(a_log_that_was_cut_may_grow_later, cut) {
  replay x{reader, partition, {20, some_log, 0}};
  // It is in doubt.
  BOOST_TEST_REQUIRE(x.until([&] { return x.queue->log_end() == 20; }));
  grow();
  BOOST_TEST_REQUIRE(x.until([&] { return x.queue->position() == longer; }));
  BOOST_TEST(x.seen == range(kept, longer), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(positions_have_the_epoch_of_what_is_before, cut) {
  grow();
  replay x{reader, partition, {0, some_log, 0}};
  BOOST_TEST(x.queue->leader_epoch() == 0);
  BOOST_TEST_REQUIRE(x.until_end());
  BOOST_TEST(x.queue->leader_epoch() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
