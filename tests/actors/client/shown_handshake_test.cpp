#include "actors/client/shown_handshake.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace weir {

namespace {

BOOST_AUTO_TEST_SUITE(a_shown_handshake)

BOOST_AUTO_TEST_CASE(has_what_tells_of_the_client) {
  engineio::handshake_info x;
  x.url = "/socket.io/?EIO=4&transport=polling&t=abc";
  x.headers = "host: a:1\nuser-agent: curl/8\norigin: http://b\n";
  x.time = std::chrono::system_clock::time_point{std::chrono::seconds{17}};
  auto y = shown_handshake(x, true);
  BOOST_TEST(y.path == "/socket.io/");
  BOOST_TEST(y.query.at("EIO") == "4");
  BOOST_TEST(y.query.at("transport") == "polling");
  BOOST_TEST(y.headers.at("host") == "a:1");
  BOOST_TEST(y.headers.at("user-agent") == "curl/8");
  BOOST_TEST(y.headers.at("origin") == "http://b");
  BOOST_TEST(y.issued_ms == 17'000u);
  BOOST_TEST(y.secure);
}

BOOST_AUTO_TEST_CASE(has_nothing_that_may_be_a_token) {
  engineio::handshake_info x;
  x.url = "/socket.io/?EIO=4&token=hunter2&sid=hunter2&jwt=hunter2";
  x.headers = "cookie: a=hunter2\nauthorization: Bearer hunter2\n"
              "referer: http://a/?token=hunter2\nx-token: hunter2\n"
              "proxy-authorization: hunter2\nuser-agent: curl\nempty\n";
  auto y = shown_handshake(x, false);
  BOOST_TEST(y.path.find("hunter2") == std::string::npos);
  for (auto& all : {y.query, y.headers})
    for (auto& [name, value] : all)
      BOOST_TEST(value.find("hunter2") == std::string::npos, name);
  BOOST_TEST(y.headers.size() == 1u);
  BOOST_TEST(!y.secure);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
