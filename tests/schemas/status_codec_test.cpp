#include "schemas/status_codec.hpp"

#include <boost/test/unit_test.hpp>

using namespace weir::schemas;

BOOST_AUTO_TEST_SUITE(status_codec)

BOOST_AUTO_TEST_CASE(who_was_sent_away_is_counted) {
  BOOST_TEST(to_json(disconnect_status{2, {"b"}})
             == R"({"disconnected":2,"silent_nodes":["b"]})");
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
