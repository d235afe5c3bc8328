#include "actors/room/room_history.hpp"

#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {
namespace {

BOOST_AUTO_TEST_SUITE(a_room_history)

BOOST_AUTO_TEST_CASE(keeps_nothing_unless_it_is_asked_to) {
  room_history x{0};
  x.add(0, 1);
  x.prepend(0, {0});
  BOOST_TEST(x.begin().empty());
}

BOOST_AUTO_TEST_CASE(begins_at_the_oldest_of_its_last_records) {
  room_history x{2};
  for (auto offset : {3, 5, 8})
    x.add(0, offset);
  BOOST_TEST((x.begin() == positions{{0, 5}}));
}

BOOST_AUTO_TEST_CASE(begins_in_each_partition_that_holds_some) {
  room_history x{3};
  x.add(0, 1), x.add(0, 3), x.add(1, 5), x.add(0, 8);
  BOOST_TEST((x.begin() == positions{{0, 3}, {1, 5}}));
}

BOOST_AUTO_TEST_CASE(takes_earlier_records_as_far_as_there_is_room) {
  room_history x{3};
  x.add(0, 8);
  x.prepend(0, {1, 3, 5});
  BOOST_TEST((x.begin() == positions{{0, 3}}));
}

BOOST_AUTO_TEST_CASE(forgets_a_partition_whose_log_was_recreated) {
  room_history x{3};
  x.add(0, 8), x.add(1, 2);
  x.forget(0, 0);
  BOOST_TEST((x.begin() == positions{{1, 2}}));
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace
} // namespace weir
