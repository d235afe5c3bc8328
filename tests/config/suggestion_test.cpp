#include "config/suggestion.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace weir::config;

const std::vector<std::string> keys
  = {"ping_interval", "ping_timeout", "max_payload", "topic", "to", "as"};

BOOST_AUTO_TEST_SUITE(suggestions)

BOOST_AUTO_TEST_CASE(slips_are_recognised) {
  BOOST_TEST(nearest("tpoic", keys) == "topic");
  BOOST_TEST(nearest("topics", keys) == "topic");
  BOOST_TEST(nearest("opic", keys) == "topic");
  BOOST_TEST(nearest("pingTimeout", keys) == "ping_timeout");
  BOOST_TEST(nearest("ping-interval", keys) == "ping_interval");
  BOOST_TEST(nearest("MAX_PAYLOAD", keys) == "max_payload");
}

BOOST_AUTO_TEST_CASE(other_words_are_left_alone) {
  BOOST_TEST(nearest("brokers", keys) == "");
  BOOST_TEST(nearest("", keys) == "");
  BOOST_TEST(nearest("xyz", keys) == "");
  BOOST_TEST(nearest(std::string(1'000'000, 't'), keys) == "");
}

BOOST_AUTO_TEST_CASE(without_a_near_one_all_are_listed) {
  BOOST_TEST(suggestion("tpoic", keys) == R"(, did you mean "topic"?)");
  BOOST_TEST(suggestion("nothing", {"room", "sender"})
             == R"(; possible: "room", "sender")");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
