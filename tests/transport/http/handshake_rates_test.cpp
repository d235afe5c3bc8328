#include "transport/http/handshake_rates.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

namespace weir::http {

namespace {

using namespace std::chrono_literals;
using limit = handshake_rates::limit;

boost::asio::ip::address address(const std::string& x) {
  return boost::asio::ip::make_address(x);
}

struct fixture {
  limit come(const std::string& from) {
    return rates.admit(address(from), now).by;
  }

  static limits_options limits(rate_options each, rate_options all = {}) {
    limits_options x;
    x.connection_rate = each;
    x.handshakes = all;
    return x;
  }

  handshake_rates rates{limits({1, 2})};
  handshake_rates::token_bucket::time_point now{1h};
};

BOOST_FIXTURE_TEST_SUITE(handshake_rates_suite, fixture)

BOOST_AUTO_TEST_CASE(nothing_is_counted_without_a_limit) {
  auto off = limits({});
  off.requests = {};
  handshake_rates none{off};
  for (int i = 0; i < 1000; ++i) {
    BOOST_TEST((none.admit(address("192.0.2.1"), now).by == limit::none));
    BOOST_TEST((none.admit_other(address("192.0.2.1"), now).by == limit::none));
  }
  BOOST_TEST(none.addresses() == 0u);
}

BOOST_AUTO_TEST_CASE(an_address_is_held_to_its_rate_and_others_are_not) {
  BOOST_TEST((come("192.0.2.1") == limit::none));
  BOOST_TEST((come("192.0.2.1") == limit::none));
  auto refused = rates.admit(address("192.0.2.1"), now);
  BOOST_TEST((refused.by == limit::address));
  BOOST_TEST((refused.wait == 1s));
  BOOST_TEST((come("192.0.2.2") == limit::none));
  now += 1s;
  BOOST_TEST((come("192.0.2.1") == limit::none));
}

BOOST_AUTO_TEST_CASE(a_network_of_ipv6_is_one_address) {
  BOOST_TEST((come("2001:db8::1") == limit::none));
  BOOST_TEST((come("2001:db8::2:0:0:1") == limit::none));
  BOOST_TEST((come("2001:db8::ffff:1") == limit::address));
  BOOST_TEST((come("2001:db8:0:1::1") == limit::none));
  BOOST_TEST((come("::ffff:192.0.2.1") == limit::none));
  BOOST_TEST((come("192.0.2.1") == limit::none));
  BOOST_TEST((come("::ffff:192.0.2.1") == limit::address));
}

BOOST_AUTO_TEST_CASE(the_node_has_a_rate_of_its_own) {
  handshake_rates both{limits({1, 2}, {10, 3})};
  BOOST_TEST((both.admit(address("192.0.2.1"), now).by == limit::none));
  BOOST_TEST((both.admit(address("192.0.2.2"), now).by == limit::none));
  BOOST_TEST((both.admit(address("192.0.2.3"), now).by == limit::none));
  auto refused = both.admit(address("192.0.2.4"), now);
  BOOST_TEST((refused.by == limit::node));
  BOOST_TEST((refused.wait == 100ms));
}

// Who is refused by one of them has not used up the other.
BOOST_AUTO_TEST_CASE(one_address_cannot_use_up_the_nodes) {
  handshake_rates both{limits({1, 2}, {10, 3})};
  for (int i = 0; i < 100; ++i)
    both.admit(address("192.0.2.1"), now);
  BOOST_TEST((both.admit(address("192.0.2.2"), now).by == limit::none));
}

BOOST_AUTO_TEST_CASE(requests_of_no_session_have_a_rate_of_their_own) {
  auto some = limits({1, 2});
  some.requests = {10, 3};
  handshake_rates both{some};
  auto come = [&](const std::string& from) {
    return both.admit_other(address(from), now).by;
  };
  for (int i = 0; i < 3; ++i)
    BOOST_TEST((come("2001:db8::1") == limit::none));
  auto refused = both.admit_other(address("2001:db8::2"), now);
  BOOST_TEST((refused.by == limit::requests));
  BOOST_TEST((refused.wait == 100ms));
  BOOST_TEST((come("192.0.2.2") == limit::none));
  // who may begin no more sessions may ask for other things, and the reverse
  BOOST_TEST((both.admit(address("2001:db8::1"), now).by == limit::none));
  BOOST_TEST((both.admit(address("2001:db8::1"), now).by == limit::none));
  BOOST_TEST((both.admit(address("2001:db8::1"), now).by == limit::address));
  BOOST_TEST((both.look(address("2001:db8::1"), now).by == limit::requests));
  now += 100ms;
  for (int i = 0; i < 10; ++i) // which takes nothing
    BOOST_TEST((both.look(address("2001:db8::1"), now).by == limit::none));
  BOOST_TEST((come("2001:db8::1") == limit::none));
  BOOST_TEST((come("2001:db8::1") == limit::requests));
}

BOOST_AUTO_TEST_CASE(addresses_that_do_not_come_again_are_forgotten) {
  for (int i = 0; i < 200'000; ++i) {
    rates.admit(boost::asio::ip::make_address_v4(static_cast<unsigned>(i)),
                now);
    now += 1ms;
  }
  BOOST_TEST(rates.addresses() < 10'000u);
}

BOOST_AUTO_TEST_CASE(however_many_come_at_once_memory_is_bounded) {
  for (unsigned i = 0; i < 2 * address_buckets::max_addresses; ++i)
    rates.admit(boost::asio::ip::make_address_v4(i), now);
  BOOST_TEST(rates.addresses() == address_buckets::max_addresses);
  BOOST_TEST((come("192.0.2.1") == limit::address)); // with all the others
  now += 10s;
  BOOST_TEST((come("192.0.2.1") == limit::none));
  BOOST_TEST(rates.addresses() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir::http
