#include "actors/contract/leader_epochs.hpp"
#include "actors/contract/log_key.hpp"
#include "tests/actors/kafka/partition_consumer_fixture.hpp"

#include <string>

namespace weir {

namespace {

using namespace std::chrono_literals;

/// A subscriber's position is one in a log: what happens when there is another.
struct fixture : test::partition_consumer_fixture {
  explicit fixture(kafka::log_id first = 7) { log.set_log(first); }

  void fill(int n) {
    for (int i = 0; i < n; ++i)
      log.append("x", "v");
    run();
  }

  void subscribe_in(subscriber& x, kafka::log_id of, std::int64_t cursor) {
    subscribe_as(x, of == 0 ? keys{"x"} : keys{"x", log_key(of)}, cursor);
  }

  /// The log that it was last told of.
  static kafka::log_id log_told(const subscriber& x) {
    kafka::log_id result = 0;
    for (auto y : x.added)
      if (auto found = take_log(y.keys).log)
        result = found;
    return result;
  }

  /// Where its batches go back: from and to.
  static std::vector<std::pair<std::int64_t, std::int64_t>>
  restarts(const subscriber& x) {
    std::vector<std::pair<std::int64_t, std::int64_t>> result;
    for (auto& y : x.batches)
      if (y.to < y.from) {
        BOOST_TEST(y.lost == y.to);
        result.emplace_back(y.from, y.to);
      }
    return result;
  }

  using ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;
};

struct unknown_log : fixture {
  unknown_log() : fixture(0) {}
};

BOOST_FIXTURE_TEST_SUITE(a_position_in_another_log, fixture)

BOOST_AUTO_TEST_CASE(goes_to_the_start_when_it_is_beyond_the_end) {
  fill(5);
  start(5);
  subscribe_in(a, 6, 20);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 0}}));
  BOOST_TEST(log_told(a) == 7u);
  BOOST_TEST(count(a) == 5u);
}

BOOST_AUTO_TEST_CASE(goes_to_the_start_when_the_log_is_longer) {
  fill(30);
  start(0);
  subscribe_in(a, 6, 20);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 0}}));
  BOOST_TEST(count(a) == 30u);
}

BOOST_AUTO_TEST_CASE(goes_on_in_its_own_log) {
  fill(30);
  start(0);
  subscribe_in(a, 7, 20);
  advance(300ms);
  BOOST_TEST(restarts(a).empty());
  BOOST_TEST(count(a) == 10u);
}

BOOST_AUTO_TEST_CASE(goes_to_the_start_while_it_is_read) {
  fill(20);
  start(0);
  subscribe_in(a, 7, 0);
  log.create_again(); // log 8
  fill(30);
  tick();
  BOOST_TEST((restarts(a) == ranges{{20, 0}}));
  BOOST_TEST(log_told(a) == 8u);
  BOOST_TEST(count(a) == 50u);
}

BOOST_AUTO_TEST_CASE(ends_a_replay_of_what_was_before) {
  fill(20);
  start(0);
  tell_as(b.handle, consumer,
          subscribe{b.handle, 2, 3, {"x", log_key(6)}, 1000, true});
  advance(300ms);
  BOOST_TEST(b.batches.empty());
}

BOOST_AUTO_TEST_CASE(is_committed_with_its_log) {
  fill(3);
  start(0);
  tick();
  BOOST_TEST(positions.back().log == 7u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_position_in_an_unknown_log, unknown_log)

BOOST_AUTO_TEST_CASE(is_given_up_when_it_is_beyond_the_end_for_long) {
  fill(5);
  start(5);
  subscribe_in(a, 0, 20);
  for (int i = 0; i < 23; ++i)
    tick();
  BOOST_TEST(a.batches.empty());
  for (int i = 0; i < 3; ++i)
    tick();
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 0}}));
  BOOST_TEST(count(a) == 5u);
}

BOOST_AUTO_TEST_CASE(is_kept_when_the_log_gets_there) {
  fill(5);
  start(5);
  subscribe_in(a, 0, 8);
  for (int i = 0; i < 10; ++i)
    tick();
  fill(5);
  for (int i = 0; i < 40; ++i)
    tick();
  BOOST_TEST(restarts(a).empty());
  BOOST_TEST(records(a) == (texts{"8:x=v", "9:x=v"}));
}

BOOST_AUTO_TEST_CASE(is_found_out_once_the_log_is_known) {
  fill(30);
  start(0);
  subscribe_in(a, 6, 20);
  tick();
  BOOST_TEST(count(a) == 10u); // nobody could tell
  log.set_log(7);
  tick();
  advance(300ms);
  BOOST_TEST(log_told(a) == 7u);
  BOOST_TEST((restarts(a) == ranges{{30, 0}}));
  BOOST_TEST(count(a) == 40u);
}

// What was committed says of which log it is, however late the topic's is
// known.
BOOST_AUTO_TEST_CASE(is_in_the_one_that_was_committed) {
  fill(30);
  log.set_committed_log(6);
  start(20);
  subscribe_in(a, 0, -1);
  tick();
  BOOST_TEST(log_told(a) == 6u);
  log.set_log(7);
  tick();
  advance(300ms);
  BOOST_TEST(log_told(a) == 7u);
  BOOST_TEST((restarts(a) == ranges{{30, 0}}));
  tick();
  BOOST_TEST(positions.back().log == 7u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_start_in_a_former_log, fixture)

BOOST_AUTO_TEST_CASE(is_none_in_this_one) {
  fill(30);
  log.set_committed_log(6);
  start(20);
  subscribe_in(a, 0, -1);
  advance(300ms);
  BOOST_TEST(a.added.at(0).offset == 0);
  BOOST_TEST(log_told(a) == 7u);
  BOOST_TEST(count(a) == 30u);
}

BOOST_AUTO_TEST_CASE(is_none_for_who_came_before_it_was_known) {
  fill(30);
  log.set_committed_log(6);
  log.set_known(false);
  start(20);
  subscribe_in(a, 0, -1);
  subscribe_in(b, 6, 20);
  log.set_known(true);
  advance(300ms);
  BOOST_TEST(a.added.at(0).offset == 0);
  BOOST_TEST(count(a) == 30u);
  BOOST_TEST((restarts(b) == ranges{{20, 0}}));
  BOOST_TEST(count(b) == 30u);
}

BOOST_AUTO_TEST_CASE(is_none_for_who_comes_when_the_log_has_changed) {
  fill(30);
  start(30);
  log.create_again();
  subscribe_in(a, 0, -1);
  fill(5);
  tick();
  BOOST_TEST(log_told(a) == 8u);
  BOOST_TEST(count(a) == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

/// Logs with leaders that are elected, cleanly or not.
struct elections : fixture {
  elections() { log.elect(); }

  kafka::log_position here(std::int64_t offset) const {
    return {offset, 7, log.leader_epoch()};
  }

  void subscribe_at(subscriber& x, const kafka::log_position& from) {
    subscribe_as(x, {"x", log_key(from.log, from.leader_epoch)}, from.offset);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_position_in_a_log_that_was_cut, elections)

BOOST_AUTO_TEST_CASE(is_kept_when_it_is_not_beyond_the_cut) {
  fill(20);
  start(here(20));
  subscribe_at(a, here(20));
  log.cut(15);
  subscribe_at(b, {12, 7, 0});
  fill(30);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST((restarts(b) == ranges{}));
  BOOST_TEST(records(a).size() == 30u);
  BOOST_TEST(records(b).back() == "44:x=v");
}

// Who leads as it did before it was killed has not what was stored since.
BOOST_AUTO_TEST_CASE(is_kept_for_a_minute_when_the_leader_is_no_later_one) {
  fill(5);
  start(here(5));
  subscribe_at(a, {20, 7, 1});
  subscribe_at(b, {20, 7, 0});
  constexpr int ticks_per_minute = 300;
  for (int i = 0; i < ticks_per_minute - 2; ++i)
    tick();
  BOOST_TEST(a.batches.empty());
  BOOST_TEST(b.batches.empty());
  for (int i = 0; i < 3; ++i)
    tick();
  BOOST_TEST((restarts(a) == ranges{{20, 0}}));
  BOOST_TEST((restarts(b) == ranges{{20, 0}}));
}

BOOST_AUTO_TEST_CASE(goes_back_when_a_later_leader_has_less) {
  fill(5);
  start(here(5));
  log.elect();
  subscribe_at(a, {20, 7, 0});
  for (int i = 0; i < 26; ++i)
    tick();
  BOOST_TEST((restarts(a) == ranges{{20, 0}}));
}

BOOST_AUTO_TEST_CASE(is_kept_when_the_log_is_there_in_time) {
  fill(5);
  start(here(5));
  subscribe_at(a, {20, 7, 1});
  for (int i = 0; i < 100; ++i)
    tick();
  log.elect();
  fill(20);
  for (int i = 0; i < 300; ++i)
    tick();
  BOOST_TEST(restarts(a).empty());
  BOOST_TEST(count(a) == 5u);
}

BOOST_AUTO_TEST_CASE(goes_back_at_whoever_reads_the_log_next) {
  fill(20);
  auto before = here(20);
  log.cut(15);
  fill(30);
  start({10, 7, 0});
  subscribe_at(a, before);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST(records(a).size() == 30u);
}

BOOST_AUTO_TEST_CASE(goes_back_when_its_reader_was_behind_the_cut) {
  fill(20);
  auto before = here(20);
  start(here(18));
  log.cut(15);
  fill(30);
  subscribe_at(a, before);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST(records(a).size() == 30u);
}

// It comes from a node that has read on already.
BOOST_AUTO_TEST_CASE(goes_back_when_it_was_given_what_was_cut_off) {
  fill(20);
  start(here(10));
  subscribe_at(b, here(10));
  log.cut(15);
  subscribe_at(a, {16, 7, 1});
  BOOST_TEST(count(a) == 4u);
  fill(10);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST(records(a).size() == 14u);
}

BOOST_AUTO_TEST_CASE(gets_what_has_replaced_what_nobody_wanted) {
  fill(20);
  start(here(10));
  subscribe_at(b, here(10));
  log.cut(15);
  subscribe_as(a, {"y", log_key(7, 1)}, 16);
  append("x"), append("y"), append("y");
  advance(300ms);
  BOOST_TEST(restarts(a).empty());
  BOOST_TEST(records(a) == (texts{"16:y=v", "17:y=v"}));
}

BOOST_AUTO_TEST_CASE(is_not_promised_to_keys_before_the_cut_is_known) {
  fill(20);
  start(here(10));
  subscribe_at(b, here(10));
  log.cut(15);
  subscribe_as(a, {"y", log_key(7, 1)}, 16);
  tell_as(a.handle, consumer, add_keys{1, {"z"}});
  BOOST_TEST(a.added.back().offset == 16);
  append("x"), append("z");
  advance(300ms);
  BOOST_TEST(records(a) == texts{"16:z=v"});
}

// Its epoch is that of the commit with which reading has begun.
BOOST_AUTO_TEST_CASE(has_an_epoch_before_anything_was_read) {
  fill(20);
  start(here(20));
  subscribe_as(a, {"x"});
  BOOST_TEST(take_log(a.added.back().keys).leader_epoch == 0);
}

BOOST_AUTO_TEST_CASE(stays_after_a_clean_election) {
  fill(20);
  start(here(0));
  subscribe_at(a, here(0));
  for (int i = 0; i < 5; ++i) {
    log.elect();
    fill(3);
    tick();
  }
  subscribe_at(b, here(35));
  fill(1);
  advance(300ms);
  BOOST_TEST(restarts(a).empty());
  BOOST_TEST(restarts(b).empty());
  BOOST_TEST(count(a) == 36u);
  BOOST_TEST(take_log(a.added.back().keys).leader_epoch == 5);
}

// The commit is from behind the cut, of what the next leader has stored.
BOOST_AUTO_TEST_CASE(goes_back_where_its_reader_begins) {
  fill(20);
  auto before = here(20);
  log.cut(15);
  fill(30);
  start(here(20));
  subscribe_at(a, before);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST(records(a).size() == 30u);
  BOOST_TEST(log.reopened().at(0) == 20); // who asks by its epoch is answered
}

BOOST_AUTO_TEST_CASE(of_a_replay_goes_back_where_its_reader_begins) {
  fill(20);
  log.cut(15);
  fill(30);
  start(here(20));
  subscribe_at(b, here(20));
  tell_as(a.handle, consumer,
          subscribe{a.handle, 2, 20, {"x", log_key(7, 0)}, 1'000'000, true});
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST(records(a).size() == 30u);
  BOOST_TEST((restarts(b) == ranges{}));
}

// Each by its own epoch: of two leaders before the one that its reader knows,
// the first had more than the second.
BOOST_AUTO_TEST_CASE(goes_back_where_its_own_leader_ended) {
  fill(20);
  log.cut(10);
  fill(8);
  log.cut(15);
  fill(30);
  start(here(20));
  subscribe_at(a, {20, 7, 0});
  subscribe_at(b, {18, 7, 1});
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 10}}));
  BOOST_TEST((restarts(b) == ranges{{18, 15}}));
  BOOST_TEST(records(a).size() == 35u);
  BOOST_TEST(records(b).size() == 30u);
}

// Without credit it wants nothing, and others are not held up.
BOOST_AUTO_TEST_CASE(is_not_asked_for_before_it_has_credit) {
  fill(20);
  log.cut(15);
  fill(30);
  start(here(20));
  subscribe_as(a, {"x", log_key(7, 0)}, 20, 0);
  subscribe_at(b, here(16));
  advance(300ms);
  BOOST_TEST(a.batches.empty());
  BOOST_TEST(records(b).size() == 29u);
  grant(a, 1000);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST(records(a).size() == 30u);
}

// What has replaced it is deleted, too, which is told.
BOOST_AUTO_TEST_CASE(goes_on_where_nothing_is_left_that_could_tell) {
  fill(20);
  log.cut(15);
  fill(30);
  log.delete_before(45);
  start(here(45));
  subscribe_at(a, {45, 7, 0});
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{45, 44}}));
  BOOST_TEST(a.batches.back().lost == 45);
  fill(2);
  advance(300ms);
  BOOST_TEST(records(a) == (texts{"45:x=v", "46:x=v"}));
}

// Its predecessor has read where the next leader has begun.
BOOST_AUTO_TEST_CASE(goes_back_to_the_cut_that_was_committed) {
  fill(20);
  auto before = here(20);
  log.cut(15);
  fill(30);
  log.set_committed_log(log.log());
  log.set_epochs("2/30,1/15,0/0,"); // and of one that is not heard of here
  start(here(20));
  subscribe_at(a, before);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST(records(a).size() == 30u);
}

// Retention has overtaken the commit: of which leader the end of what is gone
// was, its reader does not know by what it reads.
BOOST_AUTO_TEST_CASE(keeps_its_epoch_where_all_was_deleted) {
  fill(3);
  log.set_committed_log(log.log());
  log.set_epochs("2/26,1/2,0/0,");
  log.skip(27);
  log.delete_before(30);
  start({3, 7, 0});
  subscribe_at(a, {28, 7, 3});
  subscribe_as(b, {"x"});
  advance(300ms);
  BOOST_TEST((covered(a, 28) == 30));
  BOOST_TEST(a.batches.at(0).lost == 30);
  BOOST_TEST(a.added.size() == 1u); // it is not given another one
  BOOST_TEST(b.added.at(0).offset == 30);
  BOOST_TEST(take_log(b.added.at(0).keys).leader_epoch == 2);
  tick();
  BOOST_TEST(positions.back().next == 30);
  BOOST_TEST(positions.back().leader_epoch == 2);
}

// Its reader began behind that, without a commit.
BOOST_AUTO_TEST_CASE(
  of_a_replay_has_the_epoch_that_was_noted_of_what_is_deleted) {
  fill(3);
  log.set_committed_log(log.log());
  log.set_epochs("2/26,1/2,0/0,");
  log.skip(27);
  log.delete_before(30);
  start({30, 7, -1});
  subscribe_as(b, {"x"});
  tell_as(a.handle, consumer,
          subscribe{a.handle, 2, 20, {"y", log_key(7, 1)}, 1000, true});
  advance(300ms);
  BOOST_TEST(a.batches.at(0).lost == 30);
  BOOST_TEST(take_log(a.added.at(0).keys).leader_epoch == 2);
}

// What is read further is of a later leader, that of the position may continue.
BOOST_AUTO_TEST_CASE(is_committed_with_the_epoch_of_what_is_before_it) {
  fill(3);
  start(here(0));
  subscribe_as(a, {"x", log_key(7, 0)}, 0, 1);
  tick();
  log.elect();
  fill(3);
  subscribe_at(b, here(6));
  tick();
  auto next = positions.back().next;
  BOOST_TEST_REQUIRE(next > 0);
  BOOST_TEST(positions.back().leader_epoch == log.epoch_before(next));
}

// Nodes compare with it what clients come back with.
BOOST_AUTO_TEST_CASE(is_told_where_each_leader_has_begun) {
  fill(3);
  start(here(0));
  subscribe_at(a, here(0));
  log.cut(2);
  fill(3);
  advance(300ms);
  leader_epochs told;
  for (auto x : a.added)
    told.merge(take_epochs(x.keys));
  auto found = told.cut_below(3, 0);
  BOOST_TEST((found && found->offset == 2));
  BOOST_TEST(!told.cut_below(2, 0));
}

// A replay may have brought somebody further in it.
BOOST_AUTO_TEST_CASE(goes_back_with_whose_log_it_is_now) {
  fill(20);
  start(here(20));
  subscribe_at(a, here(20));
  log.cut(15);
  fill(30);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  auto at_cut = a.added.at(1); // the first answer was to the subscription
  BOOST_TEST(at_cut.offset == 15);
  BOOST_TEST(take_log(at_cut.keys).leader_epoch == 0);
  leader_epochs told;
  told.merge(take_epochs(at_cut.keys));
  auto found = told.cut_below(20, 0);
  BOOST_TEST((found && found->is_known && found->offset == 15));
}

// Who reads for those who are behind comes first to where the next one begins.
BOOST_AUTO_TEST_CASE(goes_back_when_it_was_found_for_somebody_else) {
  fill(12);
  auto before = here(20);
  start(here(10));
  subscribe_as(a, {"x", log_key(7, 0)}, before.offset, 0);
  fill(3);
  log.cut(15);
  fill(10);
  tell_as(b.handle, consumer,
          subscribe{b.handle, 2, 4, {"x", log_key(7, 0)}, 1'000'000, true});
  advance(300ms);
  BOOST_TEST(count(b) == 21u);
  grant(a, 1'000'000);
  fill(1);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{20, 15}}));
  BOOST_TEST(records(a).size() == 11u);
}

// The next reader does not read what this one has.
BOOST_AUTO_TEST_CASE(is_committed_with_where_each_leader_has_begun) {
  fill(3);
  start(here(0));
  subscribe_at(a, here(0));
  log.cut(2);
  fill(3);
  advance(300ms);
  auto committed = positions.back().epochs;
  leader_epochs noted;
  noted.merge(committed);
  BOOST_TEST_REQUIRE(noted.cut_below(3, 0).has_value());
  BOOST_TEST(noted.cut_below(3, 0)->offset == 2);

  log.set_committed_log(log.log());
  log.set_epochs(committed);
  a.added.clear();
  start(here(5));
  subscribe_at(a, here(5));
  leader_epochs told;
  for (auto x : a.added)
    told.merge(take_epochs(x.keys));
  BOOST_TEST_REQUIRE(told.cut_below(3, 0).has_value());
  BOOST_TEST(told.cut_below(3, 0)->offset == 2);
  advance(300ms);
  BOOST_TEST(positions.back().epochs == committed);
}

BOOST_AUTO_TEST_CASE(is_committed_with_its_epoch) {
  fill(3);
  start(here(0));
  subscribe_at(a, here(0));
  tick();
  BOOST_TEST(positions.back().leader_epoch == 0);
}

// Nobody reads the live flow meanwhile, which would show it.
BOOST_AUTO_TEST_CASE(is_found_out_by_who_reads_what_is_older) {
  constexpr int size = 60;
  constexpr std::int64_t kept = 5;
  append_large(size, "x");
  start(here(size));
  subscribe_as(a, {"x", log_key(7, 0)}, 0, 1);
  advance(50ms);
  auto before = static_cast<std::int64_t>(count(a));
  BOOST_TEST_REQUIRE(before > kept);
  BOOST_TEST_REQUIRE(before < size);
  log.cut(kept);
  fill(2 * size);
  grant(a, 10'000'000);
  advance(300ms);
  BOOST_TEST((restarts(a) == ranges{{before, kept}}));
  BOOST_TEST(records(a).size() == static_cast<std::size_t>(before + 2 * size));
  BOOST_TEST(records(a).back() == "124:x=v");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_log_key)

BOOST_AUTO_TEST_CASE(is_taken_out_of_the_keys) {
  std::vector<std::string> keys{"a", log_key(4'000'000'000), "b"};
  BOOST_TEST(take_log(keys).log == 4'000'000'000u);
  BOOST_TEST(keys == (std::vector<std::string>{"a", "b"}));
  BOOST_TEST(take_log(keys).log == 0u);
}

BOOST_AUTO_TEST_CASE(names_the_epoch_too_if_it_is_known) {
  for (int epoch : {-1, 0, 7}) {
    std::vector<std::string> keys{log_key(5, epoch)};
    auto found = take_log(keys);
    BOOST_TEST(found.log == 5u);
    BOOST_TEST(found.leader_epoch == epoch);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
