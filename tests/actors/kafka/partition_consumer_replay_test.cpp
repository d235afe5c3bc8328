#include "tests/actors/kafka/partition_consumer_fixture.hpp"

namespace weir {

namespace {

using namespace std::chrono_literals;
using texts = test::partition_consumer_fixture::texts;
using keys = test::partition_consumer_fixture::keys;
using offsets = std::vector<std::int64_t>;

struct fixture : test::partition_consumer_fixture {
  static constexpr std::uint32_t replay = 2; ///< `a` is live with 1

  /// Records in the log, before the tail cache of a consumer that begins now.
  void start_behind(int n, const std::string& key = "x") {
    for (int i = 0; i < n; ++i)
      log.append(key, "v");
    start(log.end());
    subscribe_as(a, {"x"});
  }

  void replay_as(subscriber& x, keys wanted, std::int64_t from,
                 std::uint64_t credit = 1'000'000, std::uint32_t id = replay) {
    tell_as(x.handle, consumer,
            subscribe{x.handle, id, from, std::move(wanted), credit, true});
  }

  void end_replay(subscriber& x, std::uint32_t id = replay) {
    tell_as(x.handle, consumer, unsubscribe{id});
  }

  /// What a subscriber got with one subscription.
  static texts records_of(const subscriber& x, std::uint32_t id) {
    subscriber one;
    for (auto& batch : x.batches)
      if (batch.subscription == id)
        one.batches.push_back(batch);
    return records(one);
  }

  static std::int64_t covered_by(const subscriber& x, std::uint32_t id,
                                 std::int64_t from) {
    subscriber one;
    for (auto& batch : x.batches)
      if (batch.subscription == id)
        one.batches.push_back(batch);
    return covered(one, from);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_replay_at_a_partition_consumer, fixture)

BOOST_AUTO_TEST_CASE(gets_what_was_before_beside_the_live_flow) {
  start_behind(2);
  append("x");
  replay_as(a, {"x"}, 0);
  BOOST_TEST(records_of(a, 1) == texts{"2:x=v"});
  BOOST_TEST(records_of(a, replay) == (texts{"0:x=v", "1:x=v", "2:x=v"}));
  BOOST_TEST(covered_by(a, replay, 0) == 3);
}

// And those that belong elsewhere; the live flow has only what it names.
BOOST_AUTO_TEST_CASE(gets_the_records_of_every_key_where_it_says_so) {
  start_behind(1);
  append("y"), append("z");
  subscribe everything{b.handle, replay, 0, {}, 1'000'000, true};
  everything.all_keys = true;
  tell_as(b.handle, consumer, std::move(everything));
  BOOST_TEST(records_of(b, replay) == (texts{"0:x=v", "1:y=v", "2:z=v"}));
  append("w");
  BOOST_TEST(records_of(b, replay).back() == "3:w=v");
  end_replay(b);
  append("w");
  BOOST_TEST(records_of(b, replay).back() == "3:w=v");
  BOOST_TEST(records_of(a, 1) == texts{});
}

// Its turn may end before something is found; then it resumes there.
BOOST_AUTO_TEST_CASE(is_told_how_far_it_was_looked_for_it) {
  for (int i = 0; i < 3; ++i)
    log.append("z", std::string(read_step, 'x'));
  start_behind(0);
  caf::send_as(a.handle, consumer,
               subscribe{a.handle, replay, 0, {"x"}, 1'000'000, true});
  scheduler.try_run_once(); // which is one step
  log.set_known(false);     // from now on the broker is silent
  run();
  BOOST_TEST(covered_by(a, replay, 0) == 0);
  for (int i = 0; i < 5; ++i)
    tick();
  BOOST_TEST(covered_by(a, replay, 0) == 1);
  log.set_known(true);
  run();
  BOOST_TEST(covered_by(a, replay, 0) == 3);
}

BOOST_AUTO_TEST_CASE(is_not_answered_as_a_subscription_is) {
  start_behind(1);
  replay_as(a, {"x"}, 0);
  BOOST_TEST(a.added.size() == 1u); // the live one's
}

BOOST_AUTO_TEST_CASE(goes_on_as_records_come) {
  start_behind(1);
  replay_as(a, {"x"}, 0);
  append("z"), append("x");
  BOOST_TEST(records_of(a, replay) == (texts{"0:x=v", "2:x=v"}));
  BOOST_TEST(records_of(a, 1) == texts{"2:x=v"});
  BOOST_TEST(covered_by(a, replay, 0) == 3);
}

BOOST_AUTO_TEST_CASE(comes_from_the_tail_cache_at_once) {
  start();
  subscribe_as(a, {"x"});
  append("x"), append("x");
  replay_as(a, {"x"}, 1);
  BOOST_TEST(records_of(a, replay) == texts{"1:x=v"});
  BOOST_TEST(log.reopened() == offsets{});
}

BOOST_AUTO_TEST_CASE(is_a_hit_of_the_tail_cache_or_a_miss) {
  start_behind(2);
  append("x");
  replay_as(a, {"x"}, 2);
  end_replay(a);
  replay_as(a, {"x"}, 0);
  tick();
  BOOST_TEST_REQUIRE(!positions.empty());
  BOOST_TEST(positions.back().cache_hits == 1u);
  BOOST_TEST(positions.back().cache_misses == 1u);
}

BOOST_AUTO_TEST_CASE(reads_the_log_once_more_for_who_was_before) {
  start_behind(3);
  subscribe_as(b, {"x"});
  replay_as(a, {"x"}, 1);
  replay_as(a, {"x"}, 2, 1'000'000, 3);
  replay_as(b, {"x"}, 0);
  BOOST_TEST(log.reopened() == (offsets{1, 0}));
  BOOST_TEST(records_of(a, 2) == (texts{"1:x=v", "2:x=v"}));
  BOOST_TEST(records_of(a, 3) == texts{"2:x=v"});
  BOOST_TEST(records_of(b, 2) == (texts{"0:x=v", "1:x=v", "2:x=v"}));
  BOOST_TEST(log.readers() == 1u); // the live one
}

BOOST_AUTO_TEST_CASE(takes_no_more_than_its_credit_and_one_step) {
  for (int i = 0; i < 3; ++i)
    log.append("x", std::string(300'000, 'x'));
  start_behind(0);
  replay_as(a, {"x"}, 0, 1);
  BOOST_TEST(records_of(a, replay).size() == 1u);
  grant(a, 200'000, replay); // less than it owes
  BOOST_TEST(records_of(a, replay).size() == 1u);
  grant(a, 200'000, replay);
  BOOST_TEST(records_of(a, replay).size() == 2u);
  grant(a, 1'000'000, replay);
  BOOST_TEST(records_of(a, replay).size() == 3u);
  BOOST_TEST(covered_by(a, replay, 0) == 3);
}

BOOST_AUTO_TEST_CASE(holds_the_live_flow_up_neither_without_credit) {
  start();
  subscribe_as(a, {"x"});
  append("x");
  replay_as(a, {"x"}, 0, 0);
  append_large(30, "x"); // three times the tail cache
  BOOST_TEST(records_of(a, 1).size() == 31u);
  BOOST_TEST(records_of(a, replay).empty());
  grant(a, 1'000'000, replay);
  BOOST_TEST(records_of(a, replay) == records_of(a, 1),
             boost::test_tools::per_element());
  BOOST_TEST(log.reopened() == offsets{0});
}

BOOST_AUTO_TEST_CASE(reads_nothing_ahead_of_the_live_flow) {
  start();
  subscribe_as(a, {"x"}, 0, 0);
  replay_as(a, {"x"}, 0);
  append("x");
  BOOST_TEST(records_of(a, replay).empty());
  grant(a, 1'000'000);
  BOOST_TEST(records_of(a, 1) == texts{"0:x=v"});
  BOOST_TEST(records_of(a, replay) == texts{"0:x=v"});
}

BOOST_AUTO_TEST_CASE(waits_for_none_without_credit) {
  start_behind(2);
  subscribe_as(b, {"x"});
  for (int i = 0; i < 60; ++i) // several steps
    log.append("y", std::string(10'000, 'x'));
  log.append("x", "v");
  run();
  append_large(20, "z"); // pushes all of it out of the tail cache
  replay_as(a, {"x", "y"}, 0, 1);
  replay_as(b, {"x"}, 0);
  BOOST_TEST(records_of(b, replay).size() == 3u);
  BOOST_TEST(covered_by(b, replay, 0) == log.end());
  grant(a, 10'000'000, replay);
  BOOST_TEST(records_of(a, replay).size() == 63u);
  BOOST_TEST(covered_by(a, replay, 0) == log.end());
}

BOOST_AUTO_TEST_CASE(ends_when_it_is_not_wanted_any_more) {
  start();
  subscribe_as(a, {"x"});
  replay_as(a, {"x"}, 0);
  end_replay(a, replay + 1); // there is none of this number
  append("x");
  BOOST_TEST(records_of(a, replay).size() == 1u);
  end_replay(a);
  append("x");
  BOOST_TEST(records_of(a, replay).size() == 1u);
  BOOST_TEST(records_of(a, 1).size() == 2u);
}

BOOST_AUTO_TEST_CASE(ends_with_its_subscriber) {
  start_behind(2);
  subscribe_as(b, {"x"});
  replay_as(b, {"x"}, 0);
  end(b.handle);
  BOOST_TEST(log.readers() == 1u); // the live one
}

BOOST_AUTO_TEST_CASE(lets_the_log_go_when_the_partition_is_taken_away) {
  start_behind(2);
  for (int i = 0; i < 60; ++i)
    log.append("x", std::string(10'000, 'x'));
  run();
  append_large(20, "z");
  replay_as(a, {"x"}, 0, 1); // stops in the middle
  replay_as(a, {"x"}, 0, 1, 3);
  ask<commit_position>(consumer, revoke_partition{});
  BOOST_TEST(log.readers() == 0u);
  BOOST_TEST(is_over(consumer));
}

BOOST_AUTO_TEST_CASE(does_not_count_for_the_position) {
  start_behind(2);
  append("x");
  replay_as(a, {"x"}, 0, 0);
  tick();
  BOOST_TEST(positions.back().next == 3);
  BOOST_TEST(positions.back().subscribers == 1u);
}

// It does not say which keys belong here, and what others have put here is to
// be noted before it is committed.
BOOST_AUTO_TEST_CASE(alone_has_nothing_committed) {
  log.append("x", "0");
  log.append("x", "1");
  start();
  replay_as(b, {"x"}, 0);
  tick();
  BOOST_TEST(records_of(b, replay).size() == 2u);
  BOOST_TEST(positions.back().next == 0);
  subscribe_as(a, {"x"}, 0);
  tick();
  BOOST_TEST(positions.back().next == 2);
}

BOOST_AUTO_TEST_CASE(is_over_when_the_offsets_have_gone_back) {
  start();
  subscribe_as(a, {"x"});
  append("x"), append("x"), append("x");
  replay_as(a, {"x"}, 3);
  log.cut(1);
  append("x");
  BOOST_TEST(records_of(a, replay).empty());
  BOOST_TEST(records_of(a, 1).back() == "1:x=v");
}

BOOST_AUTO_TEST_CASE(can_come_before_the_partitions_start_is_known) {
  log.set_known(false);
  log.append("x", "v"), log.append("x", "v");
  start(1);
  subscribe_as(a, {"x"});
  replay_as(a, {"x"}, 0);
  replay_as(a, {"x"}, 0, 1'000'000, 3);
  end_replay(a, 3);
  tick();
  log.set_known(true);
  run();
  BOOST_TEST(records_of(a, 1) == texts{"1:x=v"});
  append("x");
  BOOST_TEST(records_of(a, 2) == (texts{"0:x=v", "1:x=v", "2:x=v"}));
  BOOST_TEST(records_of(a, 3) == (texts{"0:x=v", "1:x=v"})); // before its end
}

BOOST_AUTO_TEST_CASE(is_notified_of_what_retention_has_deleted) {
  start_behind(3);
  log.delete_before(2);
  replay_as(a, {"x"}, 1);
  BOOST_TEST(a.batches.at(0).subscription == replay);
  BOOST_TEST(a.batches[0].lost == 2);
  BOOST_TEST(records_of(a, replay) == texts{"2:x=v"});
}

BOOST_AUTO_TEST_SUITE_END()

// -- the live flow
// --------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(a_live_flow_behind_its_tail_cache, fixture)

BOOST_AUTO_TEST_CASE(comes_from_the_log_until_it_has_reached_the_cache) {
  log.append("x", "v"), log.append("x", "v");
  start(2);
  subscribe_as(b, {"x"});
  subscribe_as(a, {"x"}, 0);
  append("x"); // meanwhile
  append("x");
  BOOST_TEST(records(a) == (texts{"0:x=v", "1:x=v", "2:x=v", "3:x=v"}));
  BOOST_TEST(covered(a, 0) == 4);
  tick();
  BOOST_TEST(positions.back().subscribers == 2u);
}

BOOST_AUTO_TEST_CASE(takes_more_and_fewer_keys_on_its_way) {
  for (auto key : {"x", "y", "z"})
    log.append(key, "v");
  start(3);
  subscribe_as(b, {"x"});
  subscribe_as(a, {"x", "y"}, 0, 0);
  tell_as(a.handle, consumer, add_keys{1, {"z"}});
  tell_as(a.handle, consumer, remove_keys{1, {"y"}});
  BOOST_TEST(a.added.back().offset == 0);
  grant(a, 1'000'000);
  BOOST_TEST(records(a) == (texts{"0:x=v", "2:z=v"}));
  append("y"), append("z");
  BOOST_TEST(records(a) == (texts{"0:x=v", "2:z=v", "4:z=v"}));
}

BOOST_AUTO_TEST_CASE(is_notified_of_what_retention_has_taken_from_it) {
  start();
  subscribe_as(a, {"x"}, 0, 0); // nobody takes anything: nothing is read
  log.append("x", "v"), log.append("x", "v"), log.append("x", "v");
  log.delete_before(2);
  grant(a, 1'000'000);
  BOOST_TEST(records(a) == texts{"2:x=v"});
  BOOST_TEST(a.batches.at(0).lost == 2);
  BOOST_TEST(covered(a, 0) == 3);
}

BOOST_AUTO_TEST_CASE(is_told_so_although_retention_has_left_nothing) {
  start();
  subscribe_as(a, {"x"}, 0, 0);
  log.append("x", "v"), log.append("x", "v");
  log.delete_before(2);
  grant(a, 1'000'000);
  tick();
  BOOST_TEST_REQUIRE(a.batches.size() == 1u);
  BOOST_TEST(a.batches[0].lost == 2);
  BOOST_TEST(covered(a, 0) == 2);
  append("x");
  BOOST_TEST(records(a) == texts{"2:x=v"});
}

BOOST_AUTO_TEST_CASE(starts_over_when_the_offsets_have_gone_back) {
  start();
  subscribe_as(a, {"x"});
  append("x"), append("x"), append("x");
  log.cut(1);
  append("x");
  auto& x = a.batches.at(3);
  BOOST_TEST(x.from == 3);
  BOOST_TEST(x.to == 1);
  BOOST_TEST(x.lost == 1);
  BOOST_TEST(a.batches.at(4).from == 1);
  BOOST_TEST(records(a).back() == "1:x=v");
}

BOOST_AUTO_TEST_CASE(goes_on_with_them_on_its_way_from_the_log) {
  start_behind(3);
  subscribe_as(b, {"x"}, 1, 0);
  log.cut(2);
  append("x");
  append("x");
  grant(b, 1'000'000);
  BOOST_TEST(covered(b, 1) == 4);
  BOOST_TEST(b.batches.at(0).lost == -1);
  BOOST_TEST(records(b) == (texts{"1:x=v", "2:x=v", "3:x=v"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
