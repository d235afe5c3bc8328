#include "actors/client/token_places.hpp" // unit under test

#include <boost/test/unit_test.hpp>

namespace {

using namespace weir;

struct fixture {
  std::string find(std::vector<std::string> places,
                   std::string_view payload = {}) {
    return find_token(places, payload, {"sid", "127.0.0.1", url, headers, {}});
  }

  std::string url = "/socket.io/?EIO=4&t=one%2Etwo&t=other&empty=";
  std::string headers = "host: a\nauthorization: Bearer from.the.header\n"
                        "cookie: a=1; id=from.a.cookie;b=\"quoted\"; id=second"
                        "; empty=\n";
};

BOOST_FIXTURE_TEST_SUITE(places_of_tokens, fixture)

BOOST_AUTO_TEST_CASE(are_members_of_the_payload) {
  BOOST_TEST(find({"auth:/token"}, R"({"token":"a.b"})") == "a.b");
  BOOST_TEST(find({"auth:/a/0"}, R"({"a":["x\u002ey"]})") == "x.y");
  for (auto payload : {"", "{}", R"({"token":1})", R"({"token":null})",
                       R"({"token":{}})", R"({"token":""})", "[]"})
    BOOST_TEST(find({"auth:/token"}, payload) == "", payload);
}

BOOST_AUTO_TEST_CASE(are_headers_of_the_bearer_kind) {
  BOOST_TEST(find({"header"}) == "from.the.header");
  for (auto line : {"bEARER  x ", "BEARER x"}) {
    headers = std::string{"authorization: "} + line + "\n";
    BOOST_TEST(find({"header"}) == "x");
  }
  for (auto line : {"Basic x", "Bearer", "Bearer ", "Bearerx", "x", ""}) {
    headers = std::string{"authorization: "} + line + "\n";
    BOOST_TEST(find({"header"}) == "", line);
  }
}

BOOST_AUTO_TEST_CASE(are_cookies) {
  BOOST_TEST(find({"cookie:id"}) == "from.a.cookie");
  BOOST_TEST(find({"cookie:a"}) == "1");
  BOOST_TEST(find({"cookie:b"}) == "quoted");
  for (auto name : {"cookie:i", "cookie:d", "cookie:empty", "cookie:Id"})
    BOOST_TEST(find({name}) == "");
  headers = "cookie: id\ncookies: id=x\n";
  BOOST_TEST(find({"cookie:id"}) == "");
}

BOOST_AUTO_TEST_CASE(are_parameters_of_the_query) {
  BOOST_TEST(find({"query:t"}) == "one.two");
  BOOST_TEST(find({"query:empty"}) == "");
  BOOST_TEST(find({"query:token"}) == "");
}

BOOST_AUTO_TEST_CASE(are_looked_at_in_their_order) {
  const std::string payload = R"({"token":"payload"})";
  BOOST_TEST(find({"auth:/token", "header"}, payload) == "payload");
  BOOST_TEST(find({"header", "auth:/token"}, payload) == "from.the.header");
  BOOST_TEST(find({"query:empty", "auth:/no", "cookie:a"}, payload) == "1");
  BOOST_TEST(find({"query:no"}, payload) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
