#include "config/network.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

namespace weir {

namespace {

bool contains(std::string_view network, std::string_view address) {
  auto x = parse_network(network);
  auto y = parse_network(address);
  BOOST_TEST_REQUIRE((x && y));
  return x->contains(y->address);
}

BOOST_AUTO_TEST_SUITE(a_network)

BOOST_AUTO_TEST_CASE(contains_the_addresses_that_begin_as_it_does) {
  BOOST_TEST(contains("10.0.0.0/8", "10.255.1.2"));
  BOOST_TEST(!contains("10.0.0.0/8", "11.0.0.1"));
  BOOST_TEST(contains("192.168.4.0/23", "192.168.5.255"));
  BOOST_TEST(!contains("192.168.4.0/23", "192.168.6.0"));
  BOOST_TEST(contains("2001:db8::/33", "2001:db8:7fff::1"));
  BOOST_TEST(!contains("2001:db8::/33", "2001:db8:8000::1"));
}

BOOST_AUTO_TEST_CASE(may_be_one_address) {
  BOOST_TEST(contains("127.0.0.1", "127.0.0.1"));
  BOOST_TEST(!contains("127.0.0.1", "127.0.0.2"));
  BOOST_TEST(contains("::1", "::1"));
  BOOST_TEST(contains("::1/128", "::1"));
}

BOOST_AUTO_TEST_CASE(is_the_same_for_an_address_that_is_mapped) {
  BOOST_TEST(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  BOOST_TEST(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
}

BOOST_AUTO_TEST_CASE(of_all_of_one_kind_has_none_of_the_other) {
  BOOST_TEST(contains("0.0.0.0/0", "1.2.3.4"));
  BOOST_TEST(!contains("0.0.0.0/0", "2001:db8::1"));
  BOOST_TEST(contains("::/0", "2001:db8::1"));
}

BOOST_AUTO_TEST_CASE(is_refused_where_it_is_none) {
  using namespace std::string_view_literals;
  for (auto x : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10/8",
                 "10.0.0.0/8 ", "10.0.0.0/+8", "::/129", "[::1]",
                 "fe80::1%eth0", "localhost", "10.0.0.1/8", "2001:db8::1/32"})
    BOOST_TEST(!parse_network(x), x);
  BOOST_TEST(!parse_network("10.0.0.0\0/8"sv));
}

BOOST_AUTO_TEST_CASE(of_any_prefix_has_an_address_if_the_first_bits_agree) {
  std::mt19937 choice{1};
  for (int i = 0; i < 10'000; ++i) {
    network x{{}, static_cast<unsigned>(choice() % 129)};
    for (unsigned bit = 0; bit < x.bits; ++bit)
      x.address[bit / 8] |= static_cast<std::uint8_t>((choice() % 2)
                                                      << (7 - bit % 8));
    auto y = x.address;
    auto flipped = choice() % 128;
    y[flipped / 8] ^= static_cast<std::uint8_t>(1 << (7 - flipped % 8));
    BOOST_TEST(x.contains(x.address));
    BOOST_TEST(x.contains(y) == (flipped >= x.bits));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
