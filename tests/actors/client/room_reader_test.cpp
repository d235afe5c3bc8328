#include "actors/client/room_reader.hpp" // unit under test

#include "actors/contract/leader_epochs.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

using hole = room_reader::gap;

room_events range(std::int64_t from, std::int64_t to, kafka::log_id log = 0,
                  std::int32_t epoch = -1) {
  room_events result;
  result.from = from;
  result.to = to;
  result.log = log;
  result.leader_epoch = epoch;
  return result;
}

room_events lost(std::int64_t from, std::int64_t to, kafka::log_id log = 0,
                 std::int32_t epoch = -1) {
  auto result = range(from, to, log, epoch);
  result.lost = true;
  return result;
}

/// Of a log where these epochs have begun.
room_events
knowing(const std::vector<std::pair<std::int32_t, std::int64_t>>& begins,
        room_events x) {
  auto epochs = std::make_shared<leader_epochs>();
  for (auto [epoch, offset] : begins)
    epochs->merge(epoch, {offset, true});
  x.epochs = std::move(epochs);
  return x;
}

/// Likewise of one that may have begun before that.
room_events open_before(std::int32_t epoch, std::int64_t begin, room_events x) {
  auto epochs = std::make_shared<leader_epochs>();
  epochs->merge(epoch, {begin, false});
  x.epochs = std::move(epochs);
  return x;
}

/// Likewise, with so many bytes of events.
room_events range_of(std::size_t bytes, std::int64_t from, std::int64_t to) {
  auto result = range(from, to);
  result.frames = std::make_shared<const std::string>(bytes, 'x');
  return result;
}

deliver_events delivery_of(room_events x, bool is_live) {
  return {std::make_shared<const room_events>(std::move(x)), is_live};
}

struct fixture {
  /// What a range comes to for a member that can take all of it.
  room_reader::outcome take(room_events x, bool knows_log = false,
                            bool is_live = true) {
    auto delivery = delivery_of(std::move(x), is_live);
    auto result = reader.take(delivery, knows_log);
    if (result.has_events)
      reader.finish(delivery);
    return result;
  }

  /// What it has asked for.
  room_reader::outcome take_read(room_events x) {
    return take(std::move(x), false, false);
  }

  std::optional<room_reader::outcome> hold(room_events x) {
    return reader.hold(delivery_of(std::move(x), true));
  }

  /// A member in the log 7, where it has got to 10 under the leader of epoch 3.
  void begin_in_log() { reader.set_log({7, 3}); }

  room_reader reader{0, 10};
};

BOOST_FIXTURE_TEST_SUITE(a_room_reader, fixture)

BOOST_AUTO_TEST_CASE(takes_what_begins_where_it_is) {
  BOOST_TEST(take(range(10, 12)).has_events);
  BOOST_TEST(reader.next() == 12);
  BOOST_TEST(!reader.is_missing());
}

BOOST_AUTO_TEST_CASE(takes_the_part_that_it_has_not_had) {
  BOOST_TEST(take(range(5, 12)).has_events);
  BOOST_TEST(reader.next() == 12);
}

BOOST_AUTO_TEST_CASE(has_had_what_ends_where_it_is) {
  BOOST_TEST(!take(range(5, 10)).has_events);
  BOOST_TEST(!take(range(10, 10)).has_events);
  BOOST_TEST(reader.next() == 10);
  BOOST_TEST(!reader.is_missing());
}

BOOST_AUTO_TEST_CASE(misses_what_is_before_a_range_and_says_so_once) {
  auto first = take(range(11, 12));
  BOOST_TEST(first.begins_to_miss);
  BOOST_TEST(!first.has_events);
  BOOST_TEST(!take(range(12, 13)).begins_to_miss);
  BOOST_TEST(reader.next() == 10);
  BOOST_TEST(reader.is_missing());
}

BOOST_AUTO_TEST_CASE(misses_what_it_could_not_take) {
  BOOST_TEST(reader.take(delivery_of(range(10, 14), true), false).has_events);
  reader.stop_at(12);
  BOOST_TEST(reader.next() == 12);
  BOOST_TEST(reader.is_missing());
}

BOOST_AUTO_TEST_CASE(goes_on_where_it_stopped) {
  reader.begin_before(4);
  BOOST_TEST(!take(range(8, 9)).has_events);
  BOOST_TEST(take_read(range(4, 9)).has_events);
  BOOST_TEST(reader.is_missing());
  BOOST_TEST(take(range(9, 12)).has_events);
  BOOST_TEST(reader.next() == 12);
  BOOST_TEST(!reader.is_missing()); // what comes by itself continues there
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_reader_that_misses_something, fixture)

BOOST_AUTO_TEST_CASE(asks_once_at_a_time) {
  BOOST_TEST(!reader.is_to_ask());
  reader.begin_before(4);
  BOOST_TEST(reader.is_to_ask());
  reader.ask(1);
  BOOST_TEST(!reader.is_to_ask());
  take(range(20, 21));
  BOOST_TEST(!reader.is_to_ask());
  BOOST_TEST(reader.end_ask(1, 21));
  BOOST_TEST(reader.is_to_ask());
}

BOOST_AUTO_TEST_CASE(misses_nothing_where_the_live_flow_is) {
  reader.begin_before(4);
  reader.ask(1);
  take_read(range(4, 9));
  reader.end_ask(1, 10);
  BOOST_TEST(reader.is_missing());
  reader.ask(2);
  take_read(range(9, 10));
  reader.end_ask(2, 10);
  BOOST_TEST(!reader.is_missing());
}

// It could not take all that it was sent.
BOOST_AUTO_TEST_CASE(misses_what_is_before_the_live_flow_whoever_says_more) {
  reader.begin_before(4);
  reader.ask(1);
  reader.take(delivery_of(range(4, 10), false), false);
  reader.stop_at(7);
  reader.end_ask(1, 10);
  BOOST_TEST(reader.is_to_ask());
}

BOOST_AUTO_TEST_CASE(takes_no_answer_that_is_not_its) {
  reader.begin_before(4);
  reader.ask(2);
  BOOST_TEST(!reader.end_ask(1, 0));
  BOOST_TEST(reader.is_missing());
  BOOST_TEST(!reader.is_to_ask());
}

BOOST_AUTO_TEST_CASE(counts_live_bytes_that_it_has_not_been_given_since) {
  reader.stop_at(10);
  take(range_of(100, 12, 14)), take(range_of(50, 14, 15));
  BOOST_TEST(reader.missed_bytes() == 150u);
  take_read(range_of(60, 10, 13));
  BOOST_TEST(reader.missed_bytes() == 90u);
  take_read(range_of(200, 13, 14)); // also what was before it began to miss
  BOOST_TEST(reader.missed_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(starts_its_count_over_when_it_misses_nothing) {
  reader.stop_at(10);
  take(range_of(100, 12, 14));
  reader.ask(1);
  take_read(range(10, 14));
  reader.end_ask(1, 14);
  BOOST_TEST(reader.missed_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(knows_how_far_it_is_behind_what_came_live) {
  using records = std::optional<std::int64_t>;
  BOOST_TEST((reader.lag() == records{0}));
  reader.begin_before(4);
  BOOST_TEST((reader.lag() == records{}));
  reader.ask(1);
  reader.end_ask(1, 10); // it was sent nothing
  BOOST_TEST((reader.lag() == records{6}));
  take(range(12, 14));
  BOOST_TEST((reader.lag() == records{10}));
  take_read(range(4, 13));
  BOOST_TEST((reader.lag() == records{1}));
  take(range(13, 15));
  BOOST_TEST((reader.lag() == records{0}));
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_that_in_another_log_before_that_comes) {
  reader.set_log({7, -1});
  reader.stop_at(10);
  take(range(12, 14, 7));
  BOOST_TEST((reader.lag() == std::optional<std::int64_t>{4}));
  take_read(range(0, 2, 8));
  BOOST_TEST(reader.is_missing());
  BOOST_TEST(!reader.lag());
  take(range(3, 4, 8));
  BOOST_TEST((reader.lag() == std::optional<std::int64_t>{2}));
}

BOOST_AUTO_TEST_CASE(may_skip_what_it_has_missed_live) {
  reader.stop_at(10);
  take(range_of(100, 12, 14)), take(range_of(50, 14, 15));
  BOOST_TEST((reader.skip() == hole{10, 15}));
  BOOST_TEST(reader.next() == 15);
  BOOST_TEST(reader.missed_bytes() == 0u);
  BOOST_TEST(reader.is_to_ask()); // so that the room learns of it
  BOOST_TEST(take(range(15, 16)).has_events);
}

// Or the begin of that leader would lead it back into what it has skipped.
BOOST_AUTO_TEST_CASE(skips_to_the_leader_that_it_has_missed) {
  begin_in_log();
  reader.stop_at(10);
  take(knowing({{4, 12}}, range(11, 15, 7, 4)));
  BOOST_TEST(reader.leader_epoch() == 3);
  reader.skip();
  BOOST_TEST(reader.leader_epoch() == 4);
  auto next = take(knowing({{4, 12}}, range(15, 16, 7, 4)));
  BOOST_TEST(!next.lost);
  BOOST_TEST(next.has_events);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(what_a_log_has_lost, fixture)

BOOST_AUTO_TEST_CASE(is_a_gap_from_where_the_reader_is) {
  auto result = take(lost(8, 15));
  BOOST_TEST((result.lost == hole{10, 15}));
  BOOST_TEST(!result.former.has_value());
  BOOST_TEST(reader.next() == 15);
}

BOOST_AUTO_TEST_CASE(is_nothing_where_the_reader_has_been) {
  BOOST_TEST(!take(lost(8, 10)).lost.has_value());
  BOOST_TEST(reader.next() == 10);
}

BOOST_AUTO_TEST_CASE(is_asked_for_where_something_before_it_is_missing) {
  auto result = take(lost(11, 15));
  BOOST_TEST(!result.lost.has_value());
  BOOST_TEST(result.begins_to_miss);
  BOOST_TEST(reader.next() == 10);
}

BOOST_AUTO_TEST_CASE(by_a_cut_leads_back_who_was_beyond) {
  begin_in_log();
  auto result = take(lost(20, 6, 7, 4));
  BOOST_TEST((result.lost == hole{10, 6}));
  BOOST_TEST(result.is_named_new);
  BOOST_TEST(!result.is_other_log);
  BOOST_TEST(reader.next() == 6);
  BOOST_TEST(reader.leader_epoch() == 4);
}

BOOST_AUTO_TEST_CASE(by_a_cut_is_nothing_to_who_was_not_so_far) {
  begin_in_log();
  BOOST_TEST(!take(lost(20, 10, 7, 4)).lost.has_value());
  BOOST_TEST(reader.next() == 10);
}

BOOST_AUTO_TEST_CASE(by_a_cut_is_nothing_to_who_has_what_follows) {
  begin_in_log();
  take_read(knowing({{3, 0}, {5, 6}}, range(5, 12, 7, 5)));
  BOOST_TEST((reader.next() == 12 && reader.leader_epoch() == 5));
  auto cut = knowing({{3, 0}, {5, 6}}, lost(20, 6, 7, 3));
  BOOST_TEST(hold(cut).has_value());
  BOOST_TEST(!take(cut).lost.has_value());
  BOOST_TEST(reader.next() == 12);
  BOOST_TEST((take(lost(20, 6, 7, 3)).lost == hole{12, 6})); // nobody knows why
}

BOOST_AUTO_TEST_CASE(by_a_cut_leads_back_by_the_members_own_epoch) {
  begin_in_log();
  auto cut = knowing({{4, 9}, {5, 12}}, lost(20, 6, 7, 2));
  BOOST_TEST(!hold(cut).has_value());
  BOOST_TEST((take(cut).lost == hole{10, 9}));
  BOOST_TEST(reader.leader_epoch() == 3);
  BOOST_TEST(!reader.is_missing()); // what comes by itself begins before
  reader.set_log({7, 1});
  BOOST_TEST((take(knowing({{2, 4}}, lost(20, 6, 7, 2))).lost == hole{9, 4}));
  BOOST_TEST(reader.is_missing());
}

BOOST_AUTO_TEST_CASE(by_a_cut_of_which_nobody_knows_where_is_asked_for) {
  begin_in_log();
  auto x = lost(20, 6, 7, 3);
  auto epochs = std::make_shared<leader_epochs>();
  epochs->start(16, 4);
  x.epochs = std::move(epochs);
  BOOST_TEST(hold(x).has_value());
  BOOST_TEST(!take(x).lost);
  BOOST_TEST(reader.is_to_ask());
  BOOST_TEST((reader.next() == 10 && reader.leader_epoch() == 3));
}

// The leader of what is left there may have begun below it.
BOOST_AUTO_TEST_CASE(by_a_cut_behind_it_is_asked_for_where_nobody_knows_more) {
  begin_in_log();
  auto x = open_before(4, 8, lost(20, 15, 7, 5));
  BOOST_TEST(hold(x).has_value());
  BOOST_TEST(!take(x).lost);
  BOOST_TEST(reader.is_to_ask());
  BOOST_TEST((reader.next() == 10 && reader.leader_epoch() == 3));
}

BOOST_AUTO_TEST_CASE(by_a_cut_is_known_by_another_partition_of_that_log) {
  BOOST_TEST(!take(lost(20, 15, 7), true).lost.has_value());
  BOOST_TEST(reader.next() == 10);
}

BOOST_AUTO_TEST_CASE(by_a_cut_leaves_who_misses_something_to_ask) {
  begin_in_log();
  take(range(11, 12, 7, 3));
  take(lost(20, 6, 7, 4));
  BOOST_TEST(reader.is_missing());
  BOOST_TEST(reader.next() == 6);
}

BOOST_AUTO_TEST_CASE(with_the_whole_log_is_from_where_all_was_had) {
  BOOST_TEST((take(lost(20, 0)).lost == hole{20, 0}));
  BOOST_TEST(reader.next() == 0);
}

BOOST_AUTO_TEST_CASE(with_the_whole_log_is_from_the_position_of_who_missed) {
  take(range(11, 12));
  BOOST_TEST((take(lost(20, 0)).lost == hole{10, 0}));
}

BOOST_AUTO_TEST_CASE(with_a_log_in_which_nothing_was_read_is_told_too) {
  reader = {0, 0};
  BOOST_TEST((take(lost(0, 0)).lost == hole{0, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(another_log, fixture)

BOOST_AUTO_TEST_CASE(begins_at_its_start) {
  begin_in_log();
  auto result = take(range(0, 3, 8, 0));
  BOOST_TEST((result.former == hole{10, 0}));
  BOOST_TEST(!result.lost.has_value());
  BOOST_TEST(result.is_other_log);
  BOOST_TEST(result.has_events);
  BOOST_TEST(reader.next() == 3);
  BOOST_TEST(reader.log() == 8u);
  BOOST_TEST(reader.leader_epoch() == 0);
}

BOOST_AUTO_TEST_CASE(is_missed_where_its_start_is_not_there) {
  begin_in_log();
  auto result = take(range(2, 3, 8));
  BOOST_TEST(result.former.has_value());
  BOOST_TEST(result.begins_to_miss);
  BOOST_TEST(reader.next() == 0);
}

BOOST_AUTO_TEST_CASE(is_told_of_once_where_the_range_goes_back) {
  begin_in_log();
  auto result = take(lost(20, 0, 8));
  BOOST_TEST((result.former == hole{20, 0}));
  BOOST_TEST(!result.lost.has_value());
}

BOOST_AUTO_TEST_CASE(is_none_where_none_was_known) {
  auto result = take(range(10, 12, 7));
  BOOST_TEST(!result.is_other_log);
  BOOST_TEST(result.is_named_new);
  BOOST_TEST(result.has_events);
}

BOOST_AUTO_TEST_CASE(is_none_under_another_leader) {
  begin_in_log();
  auto result = take(range(10, 12, 7, 4));
  BOOST_TEST(!result.is_other_log);
  BOOST_TEST(result.is_named_new);
  BOOST_TEST(!take(range(12, 13, 7, 4)).is_named_new);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_epoch_of_a_position, fixture)

BOOST_AUTO_TEST_CASE(comes_with_the_range_that_leads_there) {
  begin_in_log();
  take(range(8, 12, 7, 4));
  BOOST_TEST(reader.leader_epoch() == 4);
  take(range(12, 13, 7, 3)); // of a leader that knows of none after it
  BOOST_TEST(reader.leader_epoch() == 3);
  take(lost(13, 15, 7, 5));
  BOOST_TEST(reader.leader_epoch() == 5);
}

// A node that has not read so far tells of an earlier one; and what is missed
// is to come first.
BOOST_AUTO_TEST_CASE(stays_where_the_reader_does) {
  begin_in_log();
  for (auto& x : {range(5, 10, 7, 2), lost(5, 10, 7, 2), lost(20, 10, 7, 2),
                  range(11, 12, 7, 5)}) {
    BOOST_TEST(!take(x).is_named_new);
    BOOST_TEST(reader.leader_epoch() == 3);
  }
  BOOST_TEST(hold(range(10, 12, 7, 5)).has_value());
  BOOST_TEST(reader.leader_epoch() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_range_of_a_later_leader, fixture)

BOOST_AUTO_TEST_CASE(leads_back_whose_log_it_has_cut) {
  begin_in_log();
  auto result = take(knowing({{3, 0}, {4, 8}}, range(5, 12, 7, 4)));
  BOOST_TEST((result.lost == hole{10, 8}));
  BOOST_TEST(result.has_events);
  BOOST_TEST((reader.next() == 12 && reader.leader_epoch() == 4));
}

// It has got to where it is from elsewhere than what comes by itself.
BOOST_AUTO_TEST_CASE(leads_back_also_who_has_had_all_of_it) {
  begin_in_log();
  auto x = knowing({{3, 0}, {4, 8}}, range(5, 9, 7, 4));
  BOOST_TEST(!hold(x).has_value());
  BOOST_TEST((take_read(x).lost == hole{10, 8}));
  BOOST_TEST(reader.next() == 9);
  BOOST_TEST(reader.is_missing());
}

BOOST_AUTO_TEST_CASE(is_asked_for_where_nobody_knows_where_that_began) {
  begin_in_log();
  auto x = open_before(5, 12, range(10, 14, 7, 5));
  BOOST_TEST(hold(x).has_value());
  auto live = take(x);
  BOOST_TEST((!live.has_events && !live.lost && reader.is_to_ask()));
  BOOST_TEST((reader.next() == 10 && reader.leader_epoch() == 3));
  auto asked = take_read(knowing({{5, 8}}, range(8, 14, 7, 5)));
  BOOST_TEST((asked.lost == hole{10, 8}));
  BOOST_TEST(asked.has_events);
  BOOST_TEST((reader.next() == 14 && reader.leader_epoch() == 5));
}

BOOST_AUTO_TEST_CASE(is_taken_once_it_is_known_that_it_is_of_the_same_log) {
  begin_in_log();
  take(open_before(5, 12, range(10, 14, 7, 5)));
  auto asked = take_read(knowing({{5, 12}}, range(10, 14, 7, 5)));
  BOOST_TEST(!asked.lost);
  BOOST_TEST(asked.has_events);
  BOOST_TEST((reader.next() == 14 && reader.leader_epoch() == 5));
}

BOOST_AUTO_TEST_CASE(leads_to_the_start_if_that_tells_no_more) {
  begin_in_log();
  auto x = open_before(5, 12, range(10, 14, 7, 5));
  x.log_start = 2;
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(!take_read(x).lost);
  BOOST_TEST((take_read(x).lost == hole{10, 2}));
}

BOOST_AUTO_TEST_CASE(is_asked_for_where_it_begins_behind_what_was_cut) {
  begin_in_log();
  auto result = take(knowing({{3, 0}, {4, 8}}, range(10, 12, 7, 4)));
  BOOST_TEST((result.lost == hole{10, 8}));
  BOOST_TEST((!result.has_events && result.begins_to_miss));
  BOOST_TEST((reader.next() == 8 && reader.leader_epoch() == 3));
}

BOOST_AUTO_TEST_CASE(leads_back_before_it_says_what_is_deleted) {
  begin_in_log();
  auto result = take(knowing({{3, 0}, {4, 8}}, lost(5, 12, 7, 4)));
  BOOST_TEST((result.lost == hole{10, 8}));
  BOOST_TEST(reader.is_missing());
}

BOOST_AUTO_TEST_CASE(goes_on_where_the_former_has_ended) {
  begin_in_log();
  auto result = take(knowing({{3, 0}, {4, 10}}, range(10, 12, 7, 4)));
  BOOST_TEST((result.has_events && !result.lost));
  BOOST_TEST(reader.leader_epoch() == 4);
}

// Nobody has read there of which leaders it was.
BOOST_AUTO_TEST_CASE(leads_nobody_back_to_what_is_deleted) {
  begin_in_log();
  take(lost(5, 20, 7, 3));
  auto result = take(knowing({{3, 0}, {4, 15}}, range(18, 22, 7, 4)));
  BOOST_TEST((result.has_events && !result.lost));
  BOOST_TEST(reader.leader_epoch() == 4);
}

// Of who has not heard of the next.
BOOST_AUTO_TEST_CASE(is_none_where_a_later_one_is_only_known_of) {
  begin_in_log();
  auto result = take(knowing({{3, 0}, {4, 8}}, range(10, 12, 7, 3)));
  BOOST_TEST((result.has_events && !result.lost));
  BOOST_TEST(reader.leader_epoch() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_reader_that_can_be_given_nothing_yet, fixture)

BOOST_AUTO_TEST_CASE(misses_whatever_comes) {
  auto result = hold(range(10, 12));
  BOOST_TEST_REQUIRE(result.has_value());
  BOOST_TEST(result->begins_to_miss);
  BOOST_TEST(!result->has_events);
  BOOST_TEST(reader.next() == 10);
}

BOOST_AUTO_TEST_CASE(misses_nothing_that_it_has_had) {
  BOOST_TEST(!hold(range(8, 10))->begins_to_miss);
}

BOOST_AUTO_TEST_CASE(is_void_in_another_log_and_beyond_a_cut) {
  begin_in_log();
  BOOST_TEST(hold(lost(20, 12, 7)).has_value());
  BOOST_TEST(!hold(lost(20, 6, 7)).has_value());
  BOOST_TEST(!hold(range(10, 12, 8)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

// Whatever comes in whatever order and as often as it likes: what is taken is
// every offset once, in order, up to where the reader is.
BOOST_AUTO_TEST_CASE(ranges_in_any_order_are_taken_once_and_in_order) {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    std::mt19937 random{seed};
    auto below = [&](std::int64_t n) {
      return static_cast<std::int64_t>(random() % static_cast<unsigned>(n));
    };
    room_reader reader{0, 0};
    std::vector<std::int64_t> taken;
    for (int i = 0; i < 300; ++i) {
      auto from = std::max<std::int64_t>(reader.next() + 4 - below(9), 0);
      auto x = range(from, from + below(6));
      auto before = reader.next();
      auto delivery = delivery_of(x, below(2) == 0);
      auto result = reader.take(delivery, false);
      BOOST_TEST_REQUIRE(result.has_events
                         == (x.from <= before && before < x.to));
      if (!result.has_events)
        continue;
      auto stop = before + below(x.to - before + 1);
      for (auto offset = before; offset < stop; ++offset)
        taken.push_back(offset);
      if (stop < x.to)
        reader.stop_at(stop);
      else
        reader.finish(delivery);
    }
    BOOST_TEST_REQUIRE(taken.size() == static_cast<std::size_t>(reader.next()));
    for (std::size_t i = 0; i < taken.size(); ++i)
      BOOST_TEST_REQUIRE(taken[i] == static_cast<std::int64_t>(i));
  }
}

} // namespace

} // namespace weir
