#include "actors/kafka/credit_window.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

BOOST_AUTO_TEST_SUITE(a_credit_window)

BOOST_AUTO_TEST_CASE(is_closed_until_credit_is_granted) {
  credit_window window;
  BOOST_TEST(!window.is_open());
  window.grant(1);
  BOOST_TEST(window.is_open());
  BOOST_TEST(window.available() == 1u);
}

BOOST_AUTO_TEST_CASE(closes_when_exactly_all_of_it_is_spent) {
  credit_window window{10};
  window.spend(9);
  BOOST_TEST(window.is_open());
  window.spend(1);
  BOOST_TEST(!window.is_open());
}

BOOST_AUTO_TEST_CASE(has_its_debt_paid_off_before_it_opens_again) {
  credit_window window{10};
  window.spend(25);
  BOOST_TEST(window.available() == 0u);
  window.grant(15);
  BOOST_TEST(!window.is_open());
  window.grant(1);
  BOOST_TEST(window.available() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
