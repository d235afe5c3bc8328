#include "schemas/status_codec.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir::schemas;

BOOST_AUTO_TEST_SUITE(status_codec)

BOOST_AUTO_TEST_CASE(who_was_sent_away_is_counted) {
  BOOST_TEST(to_json(disconnect_status{2, {"b"}})
             == R"({"disconnected":2,"silent_nodes":["b"]})");
}

BOOST_AUTO_TEST_CASE(what_an_action_has_come_to_is_told_to_people_and_nodes) {
  const action_status x{2, {"it cannot"}, {"b"}};
  BOOST_TEST(to_json(x)
             == R"({"done":2,"problems":["it cannot"],"silent_nodes":["b"]})");
  auto again = action_from(to_bytes(x));
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST(to_json(*again) == to_json(x));
  BOOST_TEST(!action_from("\xff"));
}

BOOST_AUTO_TEST_CASE(readiness_says_why_not) {
  BOOST_TEST(to_json(readiness{true, {}}) == R"({"ready":true,"reasons":[]})");
  BOOST_TEST(to_json(readiness{false, {"no broker answers"}})
             == R"({"ready":false,"reasons":["no broker answers"]})");
}

BOOST_AUTO_TEST_CASE(text_is_escaped) {
  BOOST_TEST(to_json(readiness{false, {"a \"b\"\n"}})
             == R"({"ready":false,"reasons":["a \"b\"\n"]})");
}

BOOST_AUTO_TEST_SUITE_END()
