#include "actors/node/topic_tail.hpp" // unit under test

#include "actors/contract/operation.hpp"
#include "actors/contract/relay.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/scripted_log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

/// A node that reads two partitions of a topic, the records of which are small
/// texts in the rooms of their keys.
struct fixture : test::deterministic_actor_system {
  fixture() {
    for (auto i : {0, 1})
      read(i, 0);
    status.readers[{"other", 0}] = status.readers[{"chat", 0}];
    advance(1s);
  }

  static routes_ptr rules() {
    std::vector<namespace_options> all(1);
    all[0].name = "/";
    all[0].mappings.resize(1);
    all[0].mappings[0].room = "{id}";
    all[0].mappings[0].topic = "chat";
    return std::make_shared<const routes>(all);
  }

  void write(std::int32_t partition, const std::string& key, int n = 1) {
    for (int i = 0; i < n; ++i)
      logs.at(partition).append(key, "1");
    advance(1s); // it is known how far the log is
  }

  /// For somebody who takes all there is, as a router does.
  void read(std::int32_t partition, std::int64_t from) {
    auto reader = keep(
      spawn_partition_consumer(executor, {{"chat", partition}, 1'000'000},
                               logs.at(partition).log_at({from}), group));
    status.readers[{"chat", partition}] = reader;
    tell_as(router, reader,
            subscribe{router, 1, from, {}, 1'000'000'000, false, 2});
  }

  /// Its next reader begins at its end, with nothing in memory.
  void move(std::int32_t partition) {
    end(status.readers[{"chat", partition}]);
    read(partition, logs.at(partition).end());
    advance(1s);
  }

  /// What comes, as "partition:offset room" or "partition:offset !problem".
  texts ask_from(positions from, std::size_t limit = 100,
                 std::string topic = "chat") {
    auto request = self->request(
      tail, 10s, tail_topic{std::move(topic), std::move(from), limit});
    advance(tail_second_look);
    advance(tail_patience);
    page = {};
    request.receive([&](topic_tailed& y) { page = std::move(y.page); },
                    [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
    texts result;
    for (auto& x : page.records)
      result.push_back(std::to_string(x.partition) + ':'
                       + std::to_string(x.offset) + ' '
                       + (x.problem.empty() ? x.room : '!' + x.problem));
    return result;
  }

  /// Where the next question is to begin.
  positions next() const {
    positions result;
    for (auto& x : page.positions)
      result[x.partition] = x.next;
    return result;
  }

  bool is_behind(std::size_t i) const { return page.positions.at(i).behind; }

  std::map<std::int32_t, test::scripted_log> logs = [] {
    std::map<std::int32_t, test::scripted_log> result;
    result[0], result[1];
    return result;
  }();
  group_status status;
  std::vector<record_batch> batches;
  std::vector<keys_added> added;
  std::vector<local_event> local;
  subscriber_actor router = spawn_probe<subscriber_actor>(&batches, &added,
                                                          &local);
  consumer_group_actor group
    = keep_probe(system.spawn([this](consumer_group_actor::pointer) {
        return consumer_group_actor::behavior_type{
          [](const read_interim&) {},
          [](group_event) {},
          [this](commit_position& x) { note(std::move(x)); },
          [this](query_status) { return status; },
          [](const check_topics&) { return topics_checked{}; },
          [](const use_topics&) {},
          [](drain) {},
        };
      }));
  topic_tail_actor tail
    = keep(spawn_topic_tail(executor, {rules(), {10, 1000}}, group));
  schemas::record_page page;
  std::optional<std::int64_t> stale_end;

private:
  void note(commit_position x) {
    if (stale_end)
      x.log_end = std::min(x.log_end, *stale_end);
    std::erase_if(status.partitions,
                  [&](auto& y) { return y.partition == x.partition; });
    if (x.next >= 0)
      status.partitions.push_back(x);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_topic_tail, fixture)

BOOST_AUTO_TEST_CASE(begins_with_what_is_written_from_now_on) {
  write(0, "a"), write(1, "b", 2);
  BOOST_TEST(ask_from({}) == texts{});
  BOOST_TEST((next() == positions{{0, 1}, {1, 2}}));
  write(1, "c");
  BOOST_TEST(ask_from(next()) == texts{"1:2 c"});
  BOOST_TEST((next() == positions{{0, 1}, {1, 3}}));
  BOOST_TEST(ask_from(next()) == texts{});
}

BOOST_AUTO_TEST_CASE(tells_what_is_there_from_an_offset_on) {
  write(0, "a", 3), write(1, "b");
  BOOST_TEST(ask_from({{0, 1}}) == (texts{"0:1 a", "0:2 a"}));
  BOOST_TEST((next() == positions{{0, 3}, {1, 1}}));
  BOOST_TEST(!is_behind(0));
}

BOOST_AUTO_TEST_CASE(tells_no_more_at_once_than_is_wanted) {
  write(0, "a", 5), write(1, "b", 1);
  BOOST_TEST(ask_from({{0, 0}, {1, 0}}, 4)
             == (texts{"0:0 a", "0:1 a", "1:0 b"}));
  BOOST_TEST((next() == positions{{0, 2}, {1, 1}}));
  BOOST_TEST(is_behind(0));
  BOOST_TEST(!is_behind(1));
  BOOST_TEST(ask_from(next(), 4) == (texts{"0:2 a", "0:3 a"}));
}

// Whoever asks no more holds nothing.
BOOST_AUTO_TEST_CASE(wants_nothing_between_two_questions) {
  for (int i = 0; i < 3; ++i)
    logs.at(0).append("a", std::string(read_step, '1'));
  move(0);
  BOOST_TEST(ask_from({{0, 0}}).size() == 1u);
  BOOST_TEST(is_behind(0));
  BOOST_TEST((logs.at(0).reopened() == std::vector<std::int64_t>{0}));
  BOOST_TEST(logs.at(0).readers() == 1u); // the live flow's
}

BOOST_AUTO_TEST_CASE(tells_what_the_log_has_lost) {
  write(0, "a", 4);
  logs.at(0).delete_before(2);
  move(0);
  write(0, "a");
  BOOST_TEST(ask_from({{0, 1}})
             == (texts{"0:1 !the log has lost what was before 2", "0:2 a",
                       "0:3 a", "0:4 a"}));
}

// It was deleted and created again, or has lost its end.
BOOST_AUTO_TEST_CASE(goes_on_at_the_end_of_a_log_that_ends_before) {
  write(0, "a");
  BOOST_TEST(ask_from({{0, 7}}) == texts{"0:7 !the log ends at 1"});
  BOOST_TEST((next() == positions{{0, 1}, {1, 0}}));
}

// What the group knows of its end is a moment old.
BOOST_AUTO_TEST_CASE(waits_for_a_log_that_may_be_longer_by_now) {
  write(0, "a", 2);
  for (auto& x : status.partitions)
    x.log_end = std::min<std::int64_t>(x.log_end, 1);
  BOOST_TEST(ask_from({{0, 2}}) == texts{});
  BOOST_TEST(next().at(0) == 2);
}

// The live flow is held up, so that nobody looks where the log ends.
BOOST_AUTO_TEST_CASE(goes_on_where_it_has_read_beyond_what_is_known) {
  stale_end = 1;
  write(0, "a", 2);
  BOOST_TEST(ask_from({{0, 0}}) == (texts{"0:0 a", "0:1 a"}));
  BOOST_TEST(ask_from(next()) == texts{});
  BOOST_TEST(next().at(0) == 2);
}

BOOST_AUTO_TEST_CASE(answers_without_a_partition_that_does_not) {
  write(0, "a"), write(1, "b");
  end(status.readers[{"chat", 0}]);
  BOOST_TEST(ask_from({{0, 0}, {1, 0}}) == texts{"1:0 b"});
  BOOST_TEST((next() == positions{{0, 0}, {1, 1}}));
  BOOST_TEST(is_behind(0));
}

BOOST_AUTO_TEST_CASE(has_nothing_of_a_topic_that_no_mapping_has) {
  ask_from({}, 100, "other");
  BOOST_TEST(page.positions.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
