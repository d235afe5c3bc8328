#include "transport/engineio/admission.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace weir::engineio {
namespace {

boost::asio::ip::address address(const char* x) {
  return boost::asio::ip::make_address(x);
}

BOOST_AUTO_TEST_SUITE(an_admission)

BOOST_AUTO_TEST_CASE(ends_at_the_limit_until_one_goes) {
  auto all = std::make_shared<admission>(2, 100);
  auto first = all->admit(address("10.0.0.1"));
  auto second = all->admit(address("10.0.0.2"));
  BOOST_TEST(bool(first));
  BOOST_TEST(bool(second));
  BOOST_TEST(!all->admit(address("10.0.0.3")));
  BOOST_TEST(all->size() == 2u);
  first = {};
  BOOST_TEST(bool(all->admit(address("10.0.0.3"))));
  BOOST_TEST(all->size() == 1u);
}

BOOST_AUTO_TEST_CASE(ends_at_the_limit_of_an_address) {
  auto all = std::make_shared<admission>(100, 2);
  std::vector<admission_slot> slots;
  for (int i = 0; i < 2; ++i)
    slots.push_back(all->admit(address("10.0.0.1")));
  BOOST_TEST(!all->admit(address("10.0.0.1")));
  BOOST_TEST(!all->admit(address("::ffff:10.0.0.1"))); // the same one
  BOOST_TEST(bool(all->admit(address("10.0.0.2"))));
  slots.pop_back();
  BOOST_TEST(bool(all->admit(address("10.0.0.1"))));
  slots.clear();
  BOOST_TEST(all->size() == 0u);
}

BOOST_AUTO_TEST_CASE(tells_whether_others_would_be_let_in) {
  auto all = std::make_shared<admission>(2, 1);
  auto first = all->admit(address("10.0.0.1"));
  BOOST_TEST(all->admit(address("10.0.0.1")).is_of_address());
  auto second = all->admit(address("10.0.0.2"));
  BOOST_TEST(!all->admit(address("10.0.0.1")).is_of_address());
  BOOST_TEST(!first.is_of_address());
}

BOOST_AUTO_TEST_CASE(takes_any_number_from_an_address_that_many_share) {
  auto all = std::make_shared<admission>(4, 1);
  std::vector<admission_slot> slots;
  for (int i = 0; i < 4; ++i)
    slots.push_back(all->admit(address("10.0.0.1"), true));
  BOOST_TEST(bool(slots.back()));
  BOOST_TEST(!all->admit(address("10.0.0.1"), true));
  slots.clear();
  BOOST_TEST(all->size() == 0u);
}

BOOST_AUTO_TEST_CASE(takes_a_network_of_ipv6_for_one_address) {
  auto all = std::make_shared<admission>(100, 1);
  auto slot = all->admit(address("2001:db8:0:1::1"));
  BOOST_TEST(!all->admit(address("2001:db8:0:1:ffff::2")));
  BOOST_TEST(bool(all->admit(address("2001:db8:0:2::1"))));
  auto moved = std::move(slot);
  BOOST_TEST(!slot);
  BOOST_TEST(bool(moved));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
