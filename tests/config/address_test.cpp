#include "config/address.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace weir;

bool loopback(std::string_view text) {
  auto address = parse_address(text);
  BOOST_TEST_REQUIRE(address.has_value());
  return is_loopback(*address);
}

BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(an_address_is_an_ip_and_a_port) {
  auto v4 = parse_address("127.0.0.1:3000");
  BOOST_TEST_REQUIRE(v4.has_value());
  BOOST_TEST(v4->host == "127.0.0.1");
  BOOST_TEST(v4->port == 3000);
  auto v6 = parse_address("[::1]:0");
  BOOST_TEST_REQUIRE(v6.has_value());
  BOOST_TEST(v6->host == "::1");
  BOOST_TEST(v6->port == 0);
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_addresses) {
  for (auto text :
       {"", ":", "3000", ":3000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:x", "127.0.0.1: 80", "127.0.0.256:80",
        "localhost:80", "::1:80", "[::1]", "[]:80", "[127.0.0.1]:80", "*:80"})
    BOOST_TEST(!parse_address(text), text);
}

BOOST_AUTO_TEST_CASE(loopback_addresses_are_known) {
  BOOST_TEST(loopback("127.0.0.1:1"));
  BOOST_TEST(loopback("127.1.2.3:1"));
  BOOST_TEST(loopback("[::1]:1"));
  BOOST_TEST(loopback("[0:0:0:0:0:0:0:1]:1"));
  BOOST_TEST(!loopback("0.0.0.0:1"));
  BOOST_TEST(!loopback("10.0.0.1:1"));
  BOOST_TEST(!loopback("[::]:1"));
  BOOST_TEST(loopback("[::ffff:127.0.0.1]:1"));
  BOOST_TEST(!loopback("[::ffff:10.0.0.1]:1"));
}

BOOST_AUTO_TEST_CASE(addresses_that_stand_for_all_are_known) {
  for (auto text : {"0.0.0.0:1", "[::]:1", "[0:0::0]:1"})
    BOOST_TEST(is_unspecified(*parse_address(text)), text);
  for (auto text : {"127.0.0.1:1", "[::1]:1", "0.0.0.1:1"})
    BOOST_TEST(!is_unspecified(*parse_address(text)), text);
}

BOOST_AUTO_TEST_CASE(a_peer_is_one_host_with_a_port) {
  for (auto text :
       {"localhost:1", "weir-1.example:7400", "10.0.0.1:65535", "[::1]:3"})
    BOOST_TEST(!config::check_peer(text), text);
  for (auto text : {"", "a", "a:0", "a:1,b:2", "a b:1", ":1", "::1:3"})
    BOOST_TEST(config::check_peer(text).has_value(), text);
  BOOST_TEST(!config::check_optional_peer(""));
  BOOST_TEST(config::check_optional_peer("a").has_value());
}

BOOST_AUTO_TEST_CASE(brokers_are_hosts_with_ports) {
  for (auto text : {"", "localhost:9092", "a:1,b-2.example.org:2,[::1]:3"})
    BOOST_TEST(!config::check_brokers(text), text);
  for (auto text : {"localhost", "a:0", "a:1,", ",a:1", "a:1;b:2", "a b:1",
                    "a:1, b:1", "a:65536", "PLAINTEXT://a:1"})
    BOOST_TEST(config::check_brokers(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
