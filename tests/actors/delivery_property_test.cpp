// Whatever is lost, doubled and moved on the way: each member gets its records,
// or is told what retention has deleted. (delivery_recreated_property_test: the
// topic is another one; delivery_cut_property_test: its logs lose their ends.)

#include "tests/actors/delivery_world.hpp"
#include "tests/support/more_seeds.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace weir::delivery {

namespace {

struct outcome {
  std::size_t records = 0, gaps = 0;
  int fell_behind = 0;
};

outcome run(world& w) {
  play(w);
  BOOST_TEST(w.faults->dropped > 0);
  BOOST_TEST(w.faults->doubled > 0);
  BOOST_TEST(w.members.size() > 2u);
  outcome result;
  for (auto& x : w.members) {
    w.check(x);
    result.records += x.offsets[0].size();
    result.fell_behind += x.fell_behind;
    for (auto& [partition, gaps] : x.gaps)
      result.gaps += gaps.size();
  }
  BOOST_TEST(result.records > 0u);
  return result;
}

BOOST_DATA_TEST_CASE(every_member_gets_every_record_once_in_partition_order,
                     boost::unit_test::data::xrange(1u, 31u), seed) {
  world w{seed};
  auto result = run(w);
  BOOST_TEST(result.fell_behind > 0);
  BOOST_TEST(result.gaps == 0u);
}

// Whatever credit and memory there are: one record may be more than all of it.
BOOST_DATA_TEST_CASE(every_member_gets_every_record_with_any_credit,
                     boost::unit_test::data::xrange(1300u,
                                                    1330u + test::more_seeds()),
                     seed) {
  test::interleaving choice{seed};
  world w{seed,
          {.credit = 1 + choice.below(2000),
           .replays = 1 + choice.below(4000),
           .longest = 1 + choice.below(900)}};
  BOOST_TEST(run(w).gaps == 0u);
}

BOOST_DATA_TEST_CASE(every_member_is_told_exactly_what_retention_has_deleted,
                     boost::unit_test::data::xrange(31u, 55u), seed) {
  static std::size_t gaps = 0;
  world w{seed};
  w.forgets = true;
  gaps += run(w).gaps;
  if (seed == 54)
    BOOST_TEST(gaps > 0u);
}

} // namespace

} // namespace weir::delivery
