#include "actors/kafka/subscription.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture {
  subscription wants{7, 100, 50};
};

BOOST_FIXTURE_TEST_SUITE(a_subscription, fixture)

BOOST_AUTO_TEST_CASE(wants_the_keys_that_were_added_and_not_removed) {
  BOOST_TEST(!wants.wants("a"));
  wants.add({"a", "b"});
  wants.add({"a"});
  wants.remove({"a", "never added"});
  BOOST_TEST(!wants.wants("a"));
  BOOST_TEST(wants.wants("b"));
}

BOOST_AUTO_TEST_CASE(tells_an_empty_key_from_none) {
  BOOST_TEST(!wants.wants(""));
  wants.add({""});
  BOOST_TEST(wants.wants(""));
}

BOOST_AUTO_TEST_CASE(begins_where_the_subscriber_is) {
  BOOST_TEST(wants.id() == 7u);
  BOOST_TEST(wants.delivered_to() == 100);
  BOOST_TEST(wants.scanned_to() == 100);
}

BOOST_AUTO_TEST_CASE(tells_nothing_by_skipping) {
  wants.skip(120);
  BOOST_TEST(wants.delivered_to() == 100);
  BOOST_TEST(wants.scanned_to() == 120);
}

BOOST_AUTO_TEST_CASE(moves_on_and_spends_by_serving) {
  wants.skip(120);
  wants.serve(130, 30);
  BOOST_TEST(wants.delivered_to() == 130);
  BOOST_TEST(wants.scanned_to() == 130);
  BOOST_TEST(wants.credit().available() == 20u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
