#include "actors/contract/cursor.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

BOOST_AUTO_TEST_SUITE(a_cursor)

BOOST_AUTO_TEST_CASE(takes_any_range_first_and_then_only_the_next_one) {
  cursor x;
  BOOST_TEST(x.advance(17, 20));
  BOOST_TEST(x.next() == 20);
  BOOST_TEST(x.advance(20, 21));
  BOOST_TEST(x.next() == 21);
}

BOOST_AUTO_TEST_CASE(refuses_a_range_after_a_gap_and_stays) {
  cursor x{10};
  BOOST_TEST(!x.advance(11, 12));
  BOOST_TEST(x.next() == 10);
}

BOOST_AUTO_TEST_CASE(refuses_a_range_that_comes_twice) {
  cursor x{10};
  BOOST_TEST(x.advance(10, 12));
  BOOST_TEST(!x.advance(10, 12));
  BOOST_TEST(x.next() == 12);
}

BOOST_AUTO_TEST_CASE(takes_an_empty_range_but_none_that_goes_back) {
  cursor x{10};
  BOOST_TEST(x.advance(10, 10));
  BOOST_TEST(!x.advance(10, 9));
  BOOST_TEST(x.next() == 10);
  cursor unknown;
  BOOST_TEST(!unknown.advance(10, 9));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
