// `history`: whoever joins gets the last records of the room, whatever became of
// the logs before, and then all that comes.

#include "tests/actors/delivery_world.hpp"
#include "tests/support/more_seeds.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace weir::delivery {

namespace {

constexpr world_options records{.history = 5};

/// `check`: what must hold of all, also of those who begin further back.
void run(world& w, void (world::*check)(member&) const) {
  play(w);
  w.join_everywhere();
  for (auto& x : w.members)
    (w.*check)(x);
  w.check_newcomers();
}

BOOST_DATA_TEST_CASE(who_joins_gets_the_last_records,
                     boost::unit_test::data::xrange(2000u,
                                                    2030u + test::more_seeds()),
                     seed) {
  static int with_history = 0;
  world w{seed, records};
  run(w, &world::check);
  with_history += w.with_history;
  if (seed == 2029)
    BOOST_TEST(with_history > 0);
}

BOOST_DATA_TEST_CASE(who_joins_gets_the_last_records_that_retention_has_left,
                     boost::unit_test::data::xrange(2100u,
                                                    2130u + test::more_seeds()),
                     seed) {
  world w{seed, records};
  w.forgets = true;
  run(w, &world::check);
}

BOOST_DATA_TEST_CASE(
  who_joins_gets_the_last_records_of_the_topic_that_there_is_now,
  boost::unit_test::data::xrange(2200u, 2260u + test::more_seeds()), seed) {
  static int with_history = 0;
  world w{seed, records};
  w.recreates = w.leaves = true;
  w.create_again();
  run(w, &world::check_last_log);
  with_history += w.with_history;
  if (seed == 2259)
    BOOST_TEST(with_history > 0);
}

BOOST_DATA_TEST_CASE(
  who_joins_gets_the_last_records_of_a_topic_with_other_partitions,
  boost::unit_test::data::xrange(2300u, 2360u + test::more_seeds()), seed) {
  world w{seed, records};
  w.recreates = w.leaves = w.changes_count = true;
  w.create_again();
  run(w, &world::check_last_log);
}

BOOST_DATA_TEST_CASE(who_joins_gets_the_last_records_of_a_log_that_was_cut,
                     boost::unit_test::data::xrange(2400u,
                                                    2460u + test::more_seeds()),
                     seed) {
  static std::size_t went_back = 0;
  world w{seed, records};
  w.elects = w.leaves = w.replaces_nodes = true;
  for (auto& x : w.logs)
    x.elect(), x.set_log(7);
  run(w, &world::check_after_cuts);
  for (auto& x : w.members)
    went_back += x.went_back.size() + x.taken_back.size();
  if (seed == 2459)
    BOOST_TEST(went_back > 0u);
}

} // namespace

} // namespace weir::delivery
