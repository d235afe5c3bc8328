#include "actors/contract/leader_epochs.hpp" // unit under test

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

/// Epoch 3 from somewhere before 10 on, 5 from 20 on.
struct fixture {
  fixture() {
    epochs.note(10, 3, 3);
    epochs.note(11, 3, 3);
    epochs.note(20, 5, 3);
  }

  leader_epochs epochs;
};

BOOST_FIXTURE_TEST_SUITE(epochs_of_a_log, fixture)

BOOST_AUTO_TEST_CASE(tell_what_is_beyond_the_begin_of_a_later_one) {
  BOOST_TEST(!epochs.cut_below(20, 3));
  BOOST_TEST(!epochs.cut_below(30, 5));
  BOOST_TEST(!epochs.cut_below(30, 6));
  auto found = epochs.cut_below(21, 4);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->offset == 20);
  BOOST_TEST(found->is_known);
}

BOOST_AUTO_TEST_CASE(tell_where_the_next_one_begins) {
  BOOST_TEST(epochs.after(2)->offset == 10);
  BOOST_TEST(!epochs.after(2)->is_known);
  BOOST_TEST(epochs.after(3)->offset == 20);
  BOOST_TEST(!epochs.after(5));
}

BOOST_AUTO_TEST_CASE(may_begin_before_what_was_read) {
  auto found = epochs.cut_below(30, 2);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(!found->is_known);
  BOOST_TEST(epochs.note(7, 3, 2));
  found = epochs.cut_below(30, 2);
  BOOST_TEST(found->offset == 7);
  BOOST_TEST(found->is_known);
}

BOOST_AUTO_TEST_CASE(say_nothing_of_a_position_without_one) {
  BOOST_TEST(!epochs.cut_below(30, -1));
  BOOST_TEST(!epochs.note(5, -1, -1));
}

BOOST_AUTO_TEST_CASE(are_known_of_what_is_before_an_offset) {
  BOOST_TEST(epochs.before(10) == -1);
  BOOST_TEST(epochs.before(11) == 3);
  BOOST_TEST(epochs.before(20) == 3);
  BOOST_TEST(epochs.before(21) == 5);
}

BOOST_AUTO_TEST_CASE(are_known_of_where_reading_has_begun) {
  epochs.start(8, 2);
  BOOST_TEST(epochs.before(7) == -1);
  BOOST_TEST(epochs.before(8) == 2);
  BOOST_TEST(epochs.before(11) == 3);
  epochs.cut(8);
  BOOST_TEST(epochs.before(8) == 2);
  epochs.cut(7);
  BOOST_TEST(epochs.before(8) == -1);
}

// Nothing that was read tells; what is before was written by a later leader.
BOOST_AUTO_TEST_CASE(tell_of_a_place_where_reading_has_begun) {
  leader_epochs begun;
  begun.start(8, 2);
  BOOST_TEST(!begun.cut_below(8, 2));
  BOOST_TEST(!begun.cut_below(7, 1));
  auto found = begun.cut_below(8, 1);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(!found->is_known);
  begun.note(8, 2, 2);
  BOOST_TEST(begun.cut_below(8, 1).has_value());
}

// Of those who have read more, or less, or before the log was cut.
BOOST_AUTO_TEST_CASE(are_as_the_later_leader_says_where_two_contradict) {
  leader_epochs here;
  here.note(10, 1, 0);
  here.note(20, 2, 1);
  BOOST_TEST(!here.merge(2, {20, true}));
  BOOST_TEST(here.merge(4, {15, true})); // it has cut all of 2
  BOOST_TEST(here.before(30) == 4);
  BOOST_TEST(here.before(15) == 1);
  BOOST_TEST(!here.merge(3, {16, true})); // of who has not heard of 4
  BOOST_TEST(here.cut_below(18, 2)->offset == 15);
  BOOST_TEST(here.merge(4, {12, false}));
  BOOST_TEST(here.cut_below(13, 1)->offset == 12);
}

BOOST_AUTO_TEST_CASE(
  leave_in_doubt_where_a_leader_began_of_whom_no_more_was_read) {
  leader_epochs begun;
  begun.start(8, 2);
  BOOST_TEST(begun.is_in_doubt(8, 1));
  BOOST_TEST(!begun.is_in_doubt(7, 1));
  BOOST_TEST(!begun.is_in_doubt(8, 2));
  begun.note(4, 2, 1);
  BOOST_TEST(!begun.is_in_doubt(8, 1));
}

BOOST_AUTO_TEST_CASE(are_settled_where_the_log_begins) {
  leader_epochs begun;
  begun.start(8, 2);
  begun.settle(1, 3);
  BOOST_TEST(!begun.is_in_doubt(8, 1));
  BOOST_TEST(begun.cut_below(8, 1)->offset == 3);
  begun.settle(1, 9); // all that it had is gone
  BOOST_TEST(begun.cut_below(8, 1)->offset == 3);
  leader_epochs all;
  all.start(0, 2); // of what was before, nobody knows
  all.settle(1, 0);
  BOOST_TEST(!all.cut_below(0, 1));
}

BOOST_AUTO_TEST_CASE(are_compared_as_far_as_a_log_goes) {
  leader_epochs more = epochs;
  more.note(50, 9, 5);
  BOOST_TEST(more.is_same_below(epochs, 50));
  BOOST_TEST(!more.is_same_below(epochs, 51));
  leader_epochs known, unknown;
  known.merge(2, {7, true});
  unknown.start(8, 2);
  BOOST_TEST(!known.is_same_below(unknown, 20));
}

BOOST_AUTO_TEST_CASE(are_taken_over_up_to_a_leader) {
  leader_epochs here;
  here.start(25, 5);
  here.merge(epochs, 4);
  BOOST_TEST(here.before(20) == 3);
  BOOST_TEST(!here.after(3)->is_known);
  here.merge(epochs, 5);
  BOOST_TEST(here.after(3)->is_known);
  BOOST_TEST(here.after(3)->offset == 20);
}

BOOST_AUTO_TEST_CASE(are_the_same_when_they_have_been_written_and_read) {
  leader_epochs here, there;
  here.start(7, 2);
  for (std::int32_t i = 3; i < 200; i += 4) // 1000 characters take them all
    here.note(10 * i, i, i - 1);
  BOOST_TEST(there.merge(here.write()));
  BOOST_TEST(!there.merge(here.write()));
  BOOST_TEST(there.write() == here.write());
  for (std::int64_t i = 0; i < 2000; i += 7)
    BOOST_TEST(there.before(i) == here.before(i));
  auto found = there.cut_below(8, 1);
  BOOST_TEST((found && !found->is_known && found->offset == 6));
}

BOOST_AUTO_TEST_CASE(are_written_from_the_latest_on_as_far_as_it_fits) {
  leader_epochs here, there;
  for (std::int32_t i = 1; i < 100; ++i)
    here.note(10 * i, i, i - 1);
  BOOST_TEST(here.write(20) == "99/990,98/980,");
  there.merge(here.write(20));
  BOOST_TEST(there.cut_below(1000, 97)->offset == 980);
  BOOST_TEST(here.write(0).empty());
}

BOOST_AUTO_TEST_CASE(are_none_where_what_was_written_is_none) {
  for (auto text : {"", "1", "1/", "/2", "x", "1/x", "99999999999/1"})
    BOOST_TEST(!leader_epochs{}.merge(text), text);
}

BOOST_AUTO_TEST_CASE(end_with_the_log) {
  leader_epochs here;
  here.start(0, 3);
  here.cut(0);
  BOOST_TEST(here.before(5) == -1);
}

BOOST_AUTO_TEST_CASE(end_where_the_log_is_cut) {
  epochs.cut(15);
  BOOST_TEST(epochs.before(21) == 3);
}

BOOST_AUTO_TEST_CASE(are_bounded) {
  for (int i = 0; i < 3000; ++i)
    epochs.note(100 + i, 10 + i, 9 + i);
  BOOST_TEST(epochs.before(11) == -1);
  BOOST_TEST(epochs.before(3099) == 3008);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
