#include "actors/room/room_partitions.hpp" // unit under test

#include "tests/actors/room/topic_positions.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using test::positions_at;

/// A room at 30 of its own partition 0; the node is at 50 in partition 1.
struct fixture {
  fixture() {
    room_complete x{{{0, 30}}};
    x.log = 7;
    x.log_start = {{0, 10}};
    x.log_end = {{0, 30}};
    x.others = positions_at({{0, 30}, {1, 50}}, 7);
    partitions.complete(x);
  }

  static record_batch batch(std::int64_t from, std::int64_t to,
                            kafka::log_id log, std::int32_t epoch) {
    record_batch result;
    result.from = from;
    result.to = to;
    result.log = log;
    result.leader_epoch = epoch;
    return result;
  }

  room_partitions partitions;
};

BOOST_FIXTURE_TEST_SUITE(the_partitions_of_a_room, fixture)

BOOST_AUTO_TEST_CASE(are_not_known_before_all_have_answered) {
  room_partitions x;
  BOOST_TEST(x.next_of(0) == cursor::unknown);
  BOOST_TEST(x.home() == -1);
  BOOST_TEST(x.current_log() == 0u);
  BOOST_TEST(!x.is_beyond(0, 1000));
}

BOOST_AUTO_TEST_CASE(are_where_the_node_is_unless_the_room_has_its_own) {
  BOOST_TEST(partitions.next_of(0) == 30);
  BOOST_TEST(partitions.next_of(1) == 50);
  BOOST_TEST(partitions.next_of(2) == cursor::unknown);
  partitions.track(1);
  partitions.note_others(positions_at({{0, 30}, {1, 60}}, 7));
  BOOST_TEST(partitions.next_of(1) == 50);
  BOOST_TEST(partitions.delivered_to(1) == 50);
}

BOOST_AUTO_TEST_CASE(reach_as_far_as_was_read_or_told) {
  partitions.read_to(0, 33);
  BOOST_TEST(!partitions.is_beyond(0, 33));
  BOOST_TEST(partitions.is_beyond(0, 34));
  partitions.note_end(0, 40);
  BOOST_TEST(!partitions.is_beyond(0, 40));
  partitions.note_end(0, 35); // it is known to be longer
  BOOST_TEST(partitions.end_of(0) == 40);
}

BOOST_AUTO_TEST_CASE(have_members_miss_nothing_that_was_read_for_them) {
  partitions.read_to(0, 33);
  BOOST_TEST(partitions.delivered_to(0) == 30);
  partitions.deliver_to(0, 33);
  BOOST_TEST(partitions.delivered_to(0) == 33);
}

BOOST_AUTO_TEST_CASE(move_with_the_node_where_the_room_is_quiet) {
  partitions.track(1);
  partitions.note_others(positions_at({{0, 35}, {1, 60}}, 7));
  partitions.move_to_others();
  // Where nothing is the room's as well: members may have a position there.
  BOOST_TEST((partitions.deliver_to_next() == positions{{0, 30}, {1, 50}}));
  BOOST_TEST(partitions.delivered_to(0) == 35);
  BOOST_TEST(partitions.delivered_to(1) == 60);
  BOOST_TEST(partitions.deliver_to_next().empty());
}

BOOST_AUTO_TEST_CASE(never_move_back_with_the_node) {
  partitions.note_others(positions_at({{0, 20}}, 7));
  partitions.move_to_others();
  BOOST_TEST(partitions.next_of(0) == 30);
}

BOOST_AUTO_TEST_CASE(begin_at_their_start_when_the_key_has_moved_there) {
  partitions.add_home(1);
  BOOST_TEST(partitions.home() == 1);
  BOOST_TEST((partitions.homes() == std::set<std::int32_t>{0, 1}));
  // What is to come in the former one is behind what members have.
  BOOST_TEST((partitions.begun() == positions{{0, 30}, {1, 0}}));
  BOOST_TEST((partitions.track_homes() == positions{{0, 30}, {1, 50}}));
}

BOOST_AUTO_TEST_CASE(begin_with_their_first_record_where_others_write) {
  partitions.note_misplaced(1, 42);
  partitions.note_misplaced(1, 45);
  BOOST_TEST((partitions.begun() == positions{{0, 0}, {1, 42}}));
  partitions.note_misplaced(2, 1); // of which nothing is known
  BOOST_TEST((partitions.homes() == std::set<std::int32_t>{0, 1}));
}

BOOST_AUTO_TEST_CASE(are_forgotten_when_a_topic_has_fewer) {
  partitions.add_home(1);
  partitions.note_others(positions_at({{0, 3}}, 8));
  BOOST_TEST(partitions.home() == -1);
  BOOST_TEST(partitions.next_of(1) == cursor::unknown);
  BOOST_TEST((partitions.homes() == std::set<std::int32_t>{0}));
  BOOST_TEST((partitions.begun() == positions{{0, 30}}));
}

BOOST_AUTO_TEST_CASE(know_the_log_and_the_latest_epoch_of_their_positions) {
  partitions.begin_batch(0, batch(30, 31, 7, 4));
  partitions.begin_batch(0, batch(31, 32, 7, -1)); // not known: no news
  BOOST_TEST((partitions.named(0) == named_log{7, 4}));
  BOOST_TEST(partitions.is_one_log());
  partitions.begin_batch(0, batch(32, 33, 8, 0));
  BOOST_TEST(partitions.current_log() == 8u);
  BOOST_TEST(partitions.known_log_of(1) == 7u);
  BOOST_TEST(!partitions.is_one_log()); // partition 1 has yet to hear of it
}

// What all rooms share may be older than what this one has got since; and a
// router that subscribes again may begin before where the room is.
BOOST_AUTO_TEST_CASE(take_no_epoch_from_what_ends_further_back) {
  partitions.begin_batch(0, batch(30, 40, 7, 4));
  partitions.read_to(0, 40);
  auto older = *positions_at({{0, 30}, {1, 50}}, 7);
  older.leader_epoch.set(0, 2);
  partitions.note_others(std::make_shared<const topic_positions>(older));
  partitions.move_to_others();
  BOOST_TEST((partitions.named(0) == named_log{7, 4}));
  partitions.begin_batch(0, batch(30, 35, 7, 3));
  BOOST_TEST((partitions.named(0) == named_log{7, 4}));
}

BOOST_AUTO_TEST_CASE(have_the_latest_epoch_that_is_known_of_where_they_are) {
  auto others = *positions_at({{0, 30}, {1, 50}}, 7);
  for (auto epoch : {4, 3}) {
    others.leader_epoch.set(0, epoch);
    partitions.note_others(std::make_shared<const topic_positions>(others));
    partitions.move_to_others();
    BOOST_TEST((partitions.named(0) == named_log{7, 4}));
  }
}

// They are where an earlier leader's log ends.
BOOST_AUTO_TEST_CASE(may_have_an_earlier_epoch_further_on_or_back) {
  partitions.begin_batch(0, batch(30, 40, 7, 4));
  partitions.read_to(0, 40);
  partitions.begin_batch(0, batch(40, 42, 7, 3));
  BOOST_TEST((partitions.named(0) == named_log{7, 3}));
  partitions.begin_batch(0, batch(42, 20, 7, 2));
  BOOST_TEST((partitions.named(0) == named_log{7, 2}));
}

BOOST_AUTO_TEST_CASE(end_where_a_log_begins_again) {
  partitions.note_record(0, 12);
  partitions.restart(0, 2);
  BOOST_TEST(partitions.next_of(0) == 2);
  BOOST_TEST(partitions.start_of(0) == 2);
  BOOST_TEST(partitions.is_beyond(0, 3));
  BOOST_TEST((partitions.begun() == positions{{0, 0}}));
}

BOOST_AUTO_TEST_CASE(end_where_a_log_was_cut) {
  partitions.cut(0, 25);
  BOOST_TEST(partitions.next_of(0) == 25);
  BOOST_TEST(partitions.delivered_to(0) == 25);
  BOOST_TEST(partitions.start_of(0) == 10);
  BOOST_TEST(partitions.is_beyond(0, 26));
}

BOOST_AUTO_TEST_CASE(stay_where_their_members_are_when_a_log_is_cut_beyond) {
  partitions.read_to(0, 40);
  partitions.cut(0, 35);
  BOOST_TEST(partitions.next_of(0) == 35);
  BOOST_TEST(partitions.delivered_to(0) == 30);
}

BOOST_AUTO_TEST_CASE(tell_where_a_lost_position_can_continue) {
  leader_epochs epochs;
  epochs.note(15, 3, 2);
  auto x = batch(30, 31, 7, 3);
  x.epochs = std::make_shared<const leader_epochs>(epochs);
  partitions.begin_batch(0, x);
  BOOST_TEST((partitions.way_back(0, 20, 2) == 15));
  BOOST_TEST(!partitions.way_back(0, 20, 3)); // it has that epoch's
  BOOST_TEST(!partitions.way_back(0, 15, 2)); // it has all before it
  BOOST_TEST(!partitions.way_back(1, 20, 2)); // nothing is known there
}

BOOST_AUTO_TEST_CASE(begin_again_where_it_is_not_known_what_was_lost) {
  leader_epochs epochs;
  epochs.note(15, 3, -1);
  auto x = batch(30, 31, 7, 3);
  x.epochs = std::make_shared<const leader_epochs>(epochs);
  partitions.begin_batch(0, x);
  BOOST_TEST((partitions.way_back(0, 20, 2) == 10));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
