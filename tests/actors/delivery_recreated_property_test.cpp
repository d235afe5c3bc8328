// A topic is deleted and created again under its name, maybe with another number
// of partitions: each member gets all of the new one.

#include "tests/actors/delivery_world.hpp"
#include "tests/support/more_seeds.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace weir::delivery {

namespace {

BOOST_DATA_TEST_CASE(every_member_gets_all_of_a_topic_that_was_created_again,
                     boost::unit_test::data::xrange(55u,
                                                    95u + test::more_seeds()),
                     seed) {
  static std::size_t restarted = 0;
  world w{seed};
  w.recreates = true;
  w.create_again();
  play(w);
  for (auto& x : w.members) {
    w.check_last_log(x);
    restarted += x.restarted.size();
  }
  if (seed == 94)
    BOOST_TEST(restarted > 0u);
}

BOOST_DATA_TEST_CASE(
  every_member_that_was_away_when_the_topic_was_created_again_gets_all,
  boost::unit_test::data::xrange(195u, 255u + test::more_seeds()), seed) {
  static std::size_t taken_back = 0;
  world w{seed};
  w.recreates = w.leaves = true;
  w.create_again();
  play(w);
  for (auto& x : w.members) {
    w.check_last_log(x);
    taken_back += x.taken_back.size();
  }
  if (seed == 254)
    BOOST_TEST(taken_back > 0u);
}

BOOST_DATA_TEST_CASE(
  every_member_gets_all_of_a_topic_that_came_back_with_other_partitions,
  boost::unit_test::data::xrange(600u, 800u + test::more_seeds()), seed) {
  static std::size_t counts_changed = 0;
  world w{seed};
  w.recreates = w.leaves = w.changes_count = true;
  w.create_again();
  play(w);
  for (auto& x : w.members)
    w.check_last_log(x);
  counts_changed += w.count != partitions;
  if (seed == 799)
    BOOST_TEST(counts_changed > 0u);
}

} // namespace

} // namespace weir::delivery
