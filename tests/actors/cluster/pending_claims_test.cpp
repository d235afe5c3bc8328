#include "actors/cluster/pending_claims.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

pending_claims after(std::initializer_list<char> steps) {
  pending_claims result;
  for (auto x : steps)
    if (x == '+')
      result.add({"topic", 3, {}});
    else
      result.remove({"topic", 3});
  return result;
}

BOOST_AUTO_TEST_SUITE(pending_claims)

BOOST_AUTO_TEST_CASE(are_what_is_told_once) {
  auto x = after({'+'});
  BOOST_TEST(!x.empty());
  auto told = x.take();
  BOOST_TEST_REQUIRE(told.added.size() == 1u);
  BOOST_TEST(told.added[0].partition == 3);
  BOOST_TEST(told.removed.empty());
  BOOST_TEST(x.empty());
}

BOOST_AUTO_TEST_CASE(have_nothing_added_that_is_given_up_again) {
  auto told = after({'+', '-'}).take();
  BOOST_TEST(told.added.empty());
  BOOST_TEST(told.removed.size() == 1u);
  told = after({'-', '+', '-'}).take();
  BOOST_TEST(told.added.empty());
  BOOST_TEST(told.removed.size() == 1u);
}

// Whoever hears of it drops what is removed before he takes what is added.
BOOST_AUTO_TEST_CASE(have_both_where_another_consumer_takes_over) {
  auto told = after({'-', '+'}).take();
  BOOST_TEST(told.added.size() == 1u);
  BOOST_TEST(told.removed.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
