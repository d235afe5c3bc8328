#include "actors/contract/credit_lease.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

namespace weir {

namespace {

BOOST_AUTO_TEST_CASE(a_credit_lease_gives_back_once_when_its_last_holder_goes) {
  int given_back = 0;
  auto first = std::make_shared<const credit_lease>([&] { ++given_back; });
  auto second = first;
  first.reset();
  BOOST_TEST(given_back == 0);
  second.reset();
  BOOST_TEST(given_back == 1);
}

} // namespace

} // namespace weir
