#include "actors/leader_epochs.hpp" // unit under test

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
