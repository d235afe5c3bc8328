#include "actors/room/join_since.hpp" // unit under test

#include "tests/actors/room/topic_positions.hpp"
#include "transport/kafka/partitioner.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

namespace weir {

namespace {

using test::positions_at;

/// A room whose partition 0 is at 30, in log 7 from 10 on.
struct fixture {
  fixture() { complete({{0, 30}}); }

  void complete(const positions& node) {
    room_complete x{{{0, 30}}};
    x.log = 7;
    x.log_start = {{0, 10}};
    x.log_end = {{0, 30}};
    x.others = positions_at(node, 7);
    partitions = {};
    partitions.complete(x);
  }

  /// Epoch 3 has begun at 20, and cut off what others had there.
  void cut_at_20() {
    leader_epochs epochs;
    epochs.note(20, 3, 2);
    record_batch x;
    x.from = x.to = 30;
    x.log = 7;
    x.leader_epoch = 3;
    x.epochs = std::make_shared<const leader_epochs>(epochs);
    partitions.begin_batch(0, x);
  }

  static join_room join_at(positions at, named_log log = 0) {
    join_room result;
    for (auto& [partition, offset] : at)
      if (log.log != 0)
        result.logs[partition] = log;
    result.since = std::move(at);
    return result;
  }

  static join_room resume_at(positions at, named_log log) {
    auto result = join_at(std::move(at), log);
    result.resumes = true;
    return result;
  }

  /// Why it is refused; empty: it is not.
  std::string refusal_of(join_room x) const {
    auto* wrong = since.settle(x).wrong;
    return wrong == nullptr ? "" : wrong;
  }

  room_partitions partitions;
  join_since since{partitions, "k", false};
  join_since behind_others{partitions, "k", true};
};

BOOST_FIXTURE_TEST_SUITE(since_of_a_join, fixture)

BOOST_AUTO_TEST_CASE(is_where_it_begins) {
  auto x = join_at({{0, 20}}, 7);
  BOOST_TEST(!since.must_wait(x));
  BOOST_TEST(since.settle(x).restarted.empty());
  BOOST_TEST((x.since == positions{{0, 20}}));
}

BOOST_AUTO_TEST_CASE(may_be_missing) {
  join_room x;
  BOOST_TEST(!since.must_wait(x));
  BOOST_TEST(refusal_of(x) == "");
  since.settle(x);
  BOOST_TEST(x.since.empty());
}

BOOST_AUTO_TEST_CASE(waits_where_other_nodes_may_have_read_further) {
  BOOST_TEST(!since.must_wait(join_at({{0, 31}}, 7)));
  BOOST_TEST(behind_others.must_wait(join_at({{0, 31}}, 7)));
  BOOST_TEST(!behind_others.must_wait(join_at({{0, 30}}, 7)));
  BOOST_TEST(!behind_others.must_wait(join_at({{0, 31}}, 6)));
}

BOOST_AUTO_TEST_CASE(waits_for_a_partition_that_may_have_been_added) {
  BOOST_TEST(since.must_wait(join_at({{4, 1}}, 7)));
  BOOST_TEST(behind_others.must_wait(join_at({{4, 1}})));
  BOOST_TEST(!since.must_wait(join_at({{4, 1}})));
}

BOOST_AUTO_TEST_CASE(waits_until_the_log_is_known) {
  partitions = {};
  room_complete x{{{0, 30}}};
  x.others = positions_at({{0, 30}}, 0);
  partitions.complete(x);
  BOOST_TEST(since.must_wait(join_at({{0, 20}}, 7)));
  BOOST_TEST(!since.must_wait(join_at({{0, 20}})));
}

BOOST_AUTO_TEST_CASE(is_the_start_when_it_was_in_another_log) {
  auto x = join_at({{0, 20}}, 6);
  BOOST_TEST((since.settle(x).restarted == positions{{0, 20}}));
  BOOST_TEST((x.since == positions{{0, 0}}));
  BOOST_TEST(x.logs.empty());
}

BOOST_AUTO_TEST_CASE(is_the_start_when_it_is_beyond_and_names_no_log) {
  auto x = join_at({{0, 31}});
  BOOST_TEST((since.settle(x).restarted == positions{{0, 31}}));
  BOOST_TEST((x.since == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(is_the_end_when_it_is_beyond_in_this_log) {
  auto x = join_at({{0, 31}}, 7);
  BOOST_TEST((since.settle(x).restarted == positions{{0, 31}}));
  BOOST_TEST((x.since == positions{{0, 30}}));
}

BOOST_AUTO_TEST_CASE(is_where_the_log_was_cut_below_it) {
  cut_at_20();
  auto x = join_at({{0, 25}}, {7, 2});
  BOOST_TEST((since.settle(x).restarted == positions{{0, 25}}));
  BOOST_TEST((x.since == positions{{0, 20}}));
}

BOOST_AUTO_TEST_CASE(stands_when_the_leader_that_has_cut_had_written_it) {
  cut_at_20();
  auto x = join_at({{0, 25}}, {7, 3});
  BOOST_TEST(since.settle(x).restarted.empty());
  BOOST_TEST((x.since == positions{{0, 25}}));
}

BOOST_AUTO_TEST_CASE(is_refused_who_resumes_what_is_not_there) {
  BOOST_TEST(refusal_of(resume_at({{0, 20}}, 7)) == "");
  BOOST_TEST(refusal_of(resume_at({{0, 20}}, 6)).find("created again")
             != std::string::npos);
  BOOST_TEST(refusal_of(resume_at({{0, 31}}, 7)).find("not that long")
             != std::string::npos);
  BOOST_TEST(refusal_of(resume_at({{0, 9}}, 7)).find("does not go back")
             != std::string::npos);
  BOOST_TEST(refusal_of(resume_at({}, 7)).find("names no partition")
             != std::string::npos);
  cut_at_20();
  BOOST_TEST(refusal_of(resume_at({{0, 25}}, {7, 2})).find("has lost")
             != std::string::npos);
}

// A node may have led it there, and it may be back before it has read: as often
// as it likes, as where it names nothing.
BOOST_AUTO_TEST_CASE(is_resumed_who_has_had_nothing_of_what_is_deleted) {
  BOOST_TEST(refusal_of(resume_at({{0, 0}}, 7)) == "");
  auto now = *positions_at({{0, 30}, {1, 9}, {2, 9}, {3, 9}}, 7);
  auto home = kafka::partition_of("k", 4);
  now.log_start.set(home, 5);
  partitions.note_others(std::make_shared<const topic_positions>(now));
  auto x = resume_at({{0, 20}}, 7);
  x.of_partitions = 3;
  BOOST_TEST_REQUIRE(since.settle(x).wrong == nullptr);
  BOOST_TEST_REQUIRE(x.since.contains(home));
  BOOST_TEST(refusal_of(resume_at(x.since, 7)) == "");
}

BOOST_AUTO_TEST_CASE(is_refused_in_a_partition_that_there_is_not) {
  BOOST_TEST(refusal_of(join_at({{4, 1}})) == join_since::no_partition);
  BOOST_TEST(since.names_no_partition(join_at({{4, 1}}, 7)));
  BOOST_TEST(!since.names_no_partition(join_at({{4, 1}}, 6))); // it had some
  for (std::int32_t n = 0; n < 9; ++n) {
    auto x = join_at({{4, 1}}, 7); // the new log's name is not known here yet
    x.of_partitions = n;
    BOOST_TEST(since.names_no_partition(x) == (n <= 4));
  }
}

BOOST_AUTO_TEST_CASE(drops_starts_that_a_new_log_does_not_have) {
  auto x = join_at({{4, 0}}, 7);
  since.drop_starts_of_none(x);
  BOOST_TEST((x.since == positions{{0, 0}}));
  auto y = join_at({{4, 1}}, 7);
  since.drop_starts_of_none(y);
  BOOST_TEST((y.since == positions{{4, 1}})); // it has had something there
}

BOOST_AUTO_TEST_CASE(names_what_other_programs_have_written_elsewhere) {
  complete({{0, 30}, {1, 50}});
  partitions.note_misplaced(1, 42);
  auto x = join_at({{0, 20}}, 7);
  BOOST_TEST(since.settle(x).restarted.empty());
  BOOST_TEST((x.since == positions{{0, 20}, {1, 42}}));
}

BOOST_AUTO_TEST_CASE(names_where_the_key_has_been_since_it_was_handed_out) {
  auto of_two = kafka::partition_of("k", 2);
  auto of_three = kafka::partition_of("k", 3);
  complete({{0, 30}, {1, 50}, {2, 70}});
  auto x = join_at({{0, 20}}, 7);
  x.of_partitions = 1;
  since.settle(x);
  positions expected{{0, 20}};
  expected.try_emplace(of_two, 0);
  expected.try_emplace(of_three, 0);
  BOOST_TEST(expected.size() > 1u); // or this shows nothing
  BOOST_TEST((x.since == expected));
  auto y = join_at({{0, 20}}, 7);
  y.of_partitions = 3;
  since.settle(y);
  BOOST_TEST((y.since == positions{{0, 20}}));
}

// What lies beside the key's own partitions no node may have seen.
BOOST_AUTO_TEST_CASE(is_the_start_of_all_that_there_is_in_another_log) {
  std::mt19937 random;
  auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  for (int i = 0; i < 1000; ++i) {
    positions node;
    for (int n = 1 + below(9); n > 0; --n)
      node[static_cast<std::int32_t>(node.size())] = below(3) * 20;
    complete(node);
    auto here = static_cast<std::int32_t>(node.size());
    auto x = join_at({{below(static_cast<unsigned>(here) + 2), below(40)}}, 6);
    since.settle(x);
    for (auto& [partition, next] : node)
      BOOST_TEST((next == 0 || x.since.contains(partition)));
    for (auto& [partition, at] : x.since)
      BOOST_TEST((at == 0 && partition < here));
  }
}

BOOST_AUTO_TEST_CASE(takes_the_log_that_its_other_partitions_name) {
  auto x = join_at({{0, 20}}, {7, 2});
  x.since[1] = 5;
  join_since::name_logs(x);
  BOOST_TEST((x.logs == partition_logs{{0, {7, 2}}, {1, 7}}));
  auto y = join_at({{0, 20}, {1, 5}}, 7);
  y.logs[1] = 8; // each has heard of another topic
  y.since[2] = 1;
  join_since::name_logs(y);
  BOOST_TEST(!y.logs.contains(2));
}

// Partitions hear of a new topic one after the other, and of some a node has
// never known the log.
BOOST_AUTO_TEST_CASE(refuses_nothing_where_some_of_what_it_names_is_gone) {
  std::mt19937 random;
  auto below = [&](unsigned n) { return random() % n; };
  for (int i = 0; i < 1000; ++i) {
    join_room x;
    x.since[1] = static_cast<std::int64_t>(below(9));
    x.logs[1] = 6;
    for (std::int32_t partition : {0, 2, 3, 4})
      if (below(2) == 0)
        x.since[partition] = static_cast<std::int64_t>(below(31));
    if (x.since.contains(0) && below(2) == 0)
      x.logs[0] = below(2) == 0 ? 6 : 7;
    for (std::int32_t partition : {2, 3, 4})
      if (x.since.contains(partition) && below(2) == 0)
        x.logs[partition] = 6;
    BOOST_TEST(refusal_of(x) == "");
  }
}

BOOST_AUTO_TEST_CASE(costs_no_session_in_partitions_that_a_new_log_has_not) {
  auto x = resume_at({{0, 20}}, 7);
  x.since[3] = 9;
  x.logs[3] = 6;
  x.since[4] = 0; // no node knew whose
  BOOST_TEST(refusal_of(x) == "");
  auto y = x;
  y.logs.erase(0); // it has not come to this log
  BOOST_TEST(refusal_of(y).find("created again") != std::string::npos);
  auto z = x;
  z.logs[0] = 6;
  BOOST_TEST(refusal_of(z).find("created again") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
