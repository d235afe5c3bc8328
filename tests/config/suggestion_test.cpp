#include "config/suggestion.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace weir::config;

const std::vector<std::string> known_keys
  = {"ping_interval", "ping_timeout", "max_payload", "topic", "to", "as"};

BOOST_AUTO_TEST_SUITE(suggestions)

BOOST_AUTO_TEST_CASE(slips_are_recognised) {
  BOOST_TEST(nearest("tpoic", known_keys) == "topic");
  BOOST_TEST(nearest("topics", known_keys) == "topic");
  BOOST_TEST(nearest("opic", known_keys) == "topic");
  BOOST_TEST(nearest("pingTimeout", known_keys) == "ping_timeout");
  BOOST_TEST(nearest("ping-interval", known_keys) == "ping_interval");
  BOOST_TEST(nearest("MAX_PAYLOAD", known_keys) == "max_payload");
}

BOOST_AUTO_TEST_CASE(other_words_are_left_alone) {
  BOOST_TEST(nearest("brokers", known_keys) == "");
  BOOST_TEST(nearest("", known_keys) == "");
  BOOST_TEST(nearest("xyz", known_keys) == "");
  BOOST_TEST(nearest(std::string(1'000'000, 't'), known_keys) == "");
}

BOOST_AUTO_TEST_CASE(without_a_near_one_all_are_listed) {
  BOOST_TEST(suggestion("tpoic", known_keys) == R"(, did you mean "topic"?)");
  BOOST_TEST(suggestion("nothing", {"room", "sender"})
             == R"(; possible: "room", "sender")");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
