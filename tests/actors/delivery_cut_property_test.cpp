// Logs have other leaders, which may have less than was read: each member gets
// what the log has, and goes back no further than that.

#include "tests/actors/delivery_world.hpp"
#include "tests/support/more_seeds.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <utility>

namespace weir::delivery {

namespace {

BOOST_DATA_TEST_CASE(every_member_gets_all_of_a_log_that_was_cut,
                     boost::unit_test::data::xrange(95u,
                                                    155u + test::more_seeds()),
                     seed) {
  static std::size_t went_back = 0;
  world w{seed};
  w.elects = true;
  for (auto& x : w.logs)
    x.elect(), x.set_log(7);
  play(w);
  for (auto& x : w.members) {
    w.check_after_cuts(x);
    went_back += x.went_back.size();
  }
  if (seed == 154)
    BOOST_TEST(went_back > 0u);
}

BOOST_DATA_TEST_CASE(nobody_goes_back_who_has_what_the_log_has,
                     boost::unit_test::data::xrange(1000u,
                                                    1060u + test::more_seeds()),
                     seed) {
  static int led_back = 0;
  world w{seed};
  w.elects = w.hears_late = true;
  for (auto& x : w.logs)
    x.elect(), x.set_log(7);
  play(w);
  for (auto& x : w.members)
    w.check_after_cuts(x);
  BOOST_TEST(w.needlessly == 0);
  led_back += w.led_back;
  if (seed == 1059)
    BOOST_TEST(led_back > 0);
}

BOOST_DATA_TEST_CASE(every_member_that_was_away_when_the_log_was_cut_gets_all,
                     boost::unit_test::data::xrange(300u,
                                                    360u + test::more_seeds()),
                     seed) {
  static std::size_t taken_back = 0;
  world w{seed};
  w.elects = w.leaves = true;
  for (auto& x : w.logs)
    x.elect(), x.set_log(7);
  for (int i = 0; i < steps; ++i)
    w.step();
  for (std::size_t i = 0; i < partitions; ++i)
    w.append_to(i); // before that, the last leader may not be known of
  w.heal();
  for (auto& x : w.members) {
    w.check_after_cuts(x);
    w.check_taken_back(x);
    taken_back += x.taken_back.size();
  }
  if (seed == 359)
    BOOST_TEST(taken_back > 0u);
}

// The last ones have failed once, as in the next but one.
BOOST_DATA_TEST_CASE(nobody_goes_back_in_a_log_that_has_other_leaders,
                     boost::unit_test::data::xrange(800u,
                                                    900u + test::more_seeds())
                       + boost::unit_test::data::make({977u, 1414u}),
                     seed) {
  static int visits = 0;
  world w{seed};
  w.elects = w.leaves = w.forgets = w.is_slow = true;
  w.cuts = false;
  for (auto& x : w.logs)
    x.elect(), x.set_log(7);
  for (int i = 0; i < steps; ++i) {
    w.step();
    w.check_epochs();
  }
  w.heal();
  w.check_epochs();
  for (auto& x : w.members) {
    w.check(x);
    BOOST_TEST(x.taken_back.empty());
    BOOST_TEST(x.went_back.empty());
    visits += x.visits;
  }
  if (seed == 899)
    BOOST_TEST(visits > 1000);
}

BOOST_DATA_TEST_CASE(nobody_goes_back_once_more_in_a_log_that_was_cut,
                     boost::unit_test::data::xrange(900u,
                                                    960u + test::more_seeds()),
                     seed) {
  static std::size_t taken_back = 0;
  world w{seed};
  w.elects = w.leaves = w.is_slow = true;
  for (auto& x : w.logs)
    x.elect(), x.set_log(7);
  for (int i = 0; i < steps; ++i)
    w.step();
  for (std::size_t i = 0; i < partitions; ++i)
    w.append_to(i); // before that, the last leader may not be known of
  w.heal();
  w.check_epochs();
  for (auto& x : w.members) {
    w.check_taken_back(x);
    taken_back += std::exchange(x.taken_back, {}).size();
    x.went_back.clear();
    w.leave_and_come_back(x);
  }
  w.heal();
  for (auto& x : w.members) {
    BOOST_TEST(x.taken_back.empty());
    BOOST_TEST(x.went_back.empty());
  }
  if (seed == 959)
    BOOST_TEST(taken_back > 0u);
}

/// Whoever reads a partition next knows where it begins, and no more; likewise
/// nodes.
BOOST_DATA_TEST_CASE(nobody_goes_back_further_than_the_log_was_cut,
                     boost::unit_test::data::xrange(1200u,
                                                    1260u + test::more_seeds())
                       + boost::unit_test::data::make({1300u, 1391u, 2232u}),
                     seed) {
  static std::size_t went_back = 0;
  world w{seed};
  w.elects = w.leaves = w.loses_notes = w.replaces_nodes = true;
  for (auto& x : w.logs)
    x.elect(), x.set_log(7);
  for (int i = 0; i < steps; ++i)
    w.step();
  for (std::size_t i = 0; i < partitions; ++i)
    w.append_to(i); // before that, the last leader may not be known of
  w.heal();
  for (auto& x : w.members) {
    w.check_after_cuts(x);
    went_back += x.went_back.size() + x.taken_back.size();
  }
  BOOST_TEST(w.too_far == 0);
  if (seed == 1259)
    BOOST_TEST(went_back > 0u);
}

} // namespace

} // namespace weir::delivery
