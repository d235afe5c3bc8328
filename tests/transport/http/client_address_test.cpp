#include "transport/http/client_address.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace weir::http {

namespace {

struct fixture {
  using lines = std::vector<std::pair<std::string, std::string>>;

  /// Of a request that comes from `peer`.
  std::string client(const lines& headers,
                     const std::string& peer = "10.0.0.1") const {
    boost::beast::http::fields fields;
    for (auto& [name, value] : headers)
      fields.insert(name, value);
    return client_address(boost::asio::ip::make_address(peer), fields, trusted)
      .to_string();
  }

  std::string of_list(const std::string& value) const {
    return client({{"X-Forwarded-For", value}});
  }

  std::string of_forwarded(const std::string& value) const {
    return client({{"Forwarded", value}});
  }

  trusted_proxies trusted{{"10.0.0.0/8", "fd00::/8"}};
};

BOOST_FIXTURE_TEST_SUITE(a_client_address, fixture)

BOOST_AUTO_TEST_CASE(is_the_peers_where_nobody_is_trusted) {
  trusted = trusted_proxies{{}};
  BOOST_TEST(client({{"X-Forwarded-For", "1.2.3.4"}}) == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(is_the_peers_where_that_is_no_proxy) {
  BOOST_TEST(client({{"X-Forwarded-For", "1.2.3.4"}}, "192.0.2.1")
             == "192.0.2.1");
  BOOST_TEST(client({{"Forwarded", "for=1.2.3.4"}}, "192.0.2.1")
             == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(is_the_peers_where_a_proxy_says_nothing) {
  BOOST_TEST(client({}) == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(is_what_the_proxy_says) {
  BOOST_TEST(of_list("192.0.2.7") == "192.0.2.7");
  BOOST_TEST(of_list("192.0.2.7:4711") == "192.0.2.7");
  BOOST_TEST(of_list("2001:db8::7") == "2001:db8::7");
  BOOST_TEST(of_list("[2001:db8::7]:4711") == "2001:db8::7");
  BOOST_TEST(of_forwarded("for=192.0.2.7") == "192.0.2.7");
  BOOST_TEST(of_forwarded("proto=https;For=\"192.0.2.7:4711\";by=_x")
             == "192.0.2.7");
  BOOST_TEST(of_forwarded("for=\"[2001:db8::7]:4711\"") == "2001:db8::7");
  BOOST_TEST(of_forwarded("for=\"192.0.2.\\7\"") == "192.0.2.7");
}

BOOST_AUTO_TEST_CASE(is_the_rightmost_that_is_no_proxys) {
  BOOST_TEST(of_list("1.1.1.1, 192.0.2.7") == "192.0.2.7");
  BOOST_TEST(of_list("1.1.1.1, 192.0.2.7, 10.9.9.9,fd00::1") == "192.0.2.7");
  BOOST_TEST(of_forwarded("for=1.1.1.1, for=192.0.2.7;proto=http, "
                          "for=10.9.9.9")
             == "192.0.2.7");
  BOOST_TEST(client({{"X-Forwarded-For", "1.1.1.1"},
                     {"X-Forwarded-For", "192.0.2.7"},
                     {"X-Forwarded-For", "10.9.9.9"}})
             == "192.0.2.7");
}

BOOST_AUTO_TEST_CASE(is_a_proxys_where_that_asks_itself) {
  BOOST_TEST(of_list("10.9.9.9") == "10.9.9.9");
}

BOOST_AUTO_TEST_CASE(is_the_peers_where_a_proxy_says_what_is_no_address) {
  for (auto x : {"unknown", "1.1.1.1,", "1.1.1.1, unknown", "", "1.2.3", "a b",
                 "fe80::1%eth0", "1.1.1.1, unknown, 10.1.1.1"})
    BOOST_TEST(of_list(x) == "10.0.0.1", x);
  for (auto x : {"for=unknown", "for=_hidden", "for=", "for", "for=1.1.1.1,",
                 "proto=http", "for=1.1.1.1, for=unknown", "for=1.1.1.1;, by=x",
                 "for=\"1.1.1.1"})
    BOOST_TEST(of_forwarded(x) == "10.0.0.1", x);
}

BOOST_AUTO_TEST_CASE(is_the_peers_where_two_headers_disagree) {
  BOOST_TEST(
    client({{"Forwarded", "for=192.0.2.7"}, {"X-Forwarded-For", "192.0.2.7"}})
    == "192.0.2.7");
  BOOST_TEST(
    client({{"Forwarded", "for=1.1.1.1"}, {"X-Forwarded-For", "192.0.2.7"}})
    == "10.0.0.1");
  BOOST_TEST(client({{"Forwarded", "for=\""}, {"X-Forwarded-For", "192.0.2.7"}})
             == "10.0.0.1");
}

// Quotes that a client opens must not swallow what the proxy adds.
BOOST_AUTO_TEST_CASE(is_never_what_a_client_has_written) {
  const std::string alphabet = "for=1.1.1.1;,\"\\ []:";
  std::mt19937 choice{1};
  std::size_t found = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string forged;
    for (auto n = choice() % 30; n > 0; --n)
      forged += choice() % 4 == 0
                  ? std::string{"for=1.1.1.1"}
                  : std::string{alphabet[choice() % alphabet.size()]};
    for (std::string added : {"for=192.0.2.7", "for=\"192.0.2.7:4711\"",
                              "for=\"192.0.2.7\";by=\"10.0.0.1\""}) {
      auto who = of_forwarded(forged + ", " + added);
      BOOST_TEST((who == "192.0.2.7" || who == "10.0.0.1"), forged + added);
      found += who == "192.0.2.7" ? 1 : 0;
      who = client({{"Forwarded", forged}, {"Forwarded", added}});
      BOOST_TEST(who == "192.0.2.7", forged + added);
    }
    BOOST_TEST(of_list(forged + ", 192.0.2.7") == "192.0.2.7", forged);
  }
  BOOST_TEST(found > 1000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir::http
