#include "actors/kafka/reader_epochs.hpp" // unit under test

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture {
  fixture() { epochs.merge_notes("2/26,1/2,0/0,"); }

  reader_epochs epochs;
};

BOOST_FIXTURE_TEST_SUITE(epochs_that_a_reader_knows, fixture)

BOOST_AUTO_TEST_CASE(are_those_up_to_that_of_its_start) {
  epochs.start(20, 1);
  auto found = epochs.read().after(0);
  BOOST_TEST((found && found->offset == 2 && found->is_known));
  BOOST_TEST(!epochs.read().after(1));
  BOOST_TEST(epochs.before(28) == 1);
}

BOOST_AUTO_TEST_CASE(are_all_that_were_noted_for_who_comes_back) {
  epochs.start(20, 1);
  epochs.note(28, 3, 1);
  auto all = epochs.all();
  BOOST_TEST((all.after(1) && all.after(1)->offset == 26));
  BOOST_TEST((all.after(2) && all.after(2)->offset == 28));
}

BOOST_AUTO_TEST_CASE(are_those_that_were_noted_where_all_is_deleted) {
  epochs.start(30, 0);
  BOOST_TEST(epochs.before(30) == 0);
  epochs.lose_to(30);
  BOOST_TEST(epochs.before(29) == 0);
  BOOST_TEST(epochs.before(30) == 2);
  BOOST_TEST(epochs.before(33) == 2); // there are holes in logs
}

BOOST_AUTO_TEST_CASE(are_those_that_were_noted_where_nothing_is_read) {
  epochs.start(30, -1);
  BOOST_TEST(epochs.before(30) == 2);
  epochs.note(30, 1, -1);
  BOOST_TEST(epochs.before(31) == 1);
}

// Reading may have begun behind it.
BOOST_AUTO_TEST_CASE(are_those_that_were_noted_of_what_nobody_is_given) {
  epochs.start(40, 0);
  BOOST_TEST(epochs.before(30) == 0);
  BOOST_TEST(epochs.before_deleted(30) == 2);
  BOOST_TEST(epochs.before_deleted(26) == 1);
}

// It may be of a leader that does not know yet that it is none any more.
BOOST_AUTO_TEST_CASE(are_again_of_what_is_read_behind_that) {
  epochs.start(30, 0);
  epochs.lose_to(30);
  epochs.note(33, 1, 0);
  BOOST_TEST(epochs.before(33) == 2);
  BOOST_TEST(epochs.before(34) == 1);
  epochs.note(34, 3, 1);
  BOOST_TEST(epochs.before(35) == 3);
}

BOOST_AUTO_TEST_CASE(are_forgotten_where_the_log_is_cut) {
  epochs.start(30, 0);
  epochs.lose_to(30);
  epochs.cut(20);
  BOOST_TEST(epochs.before(30) == 0);
  BOOST_TEST((epochs.all().after(0) && epochs.all().after(0)->offset == 2));
  BOOST_TEST(!epochs.all().after(1));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
