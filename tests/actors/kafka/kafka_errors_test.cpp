#include "actors/kafka/kafka_errors.hpp"

#include "actors/runtime/metrics/records.hpp"
#include "config/log.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/logged_lines.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

struct fixture : test::deterministic_actor_system {
  fixture() { log::configure({.limit_interval = 1h}); }
  ~fixture() { log::configure({.level = log_level::error}); } // as it was

  std::vector<std::string> report(const std::string& where,
                                  const std::string& code, int times) {
    return test::logged_lines([&] {
      for (int i = 0; i < times; ++i)
        report_kafka_error(system, where, {code, "no " + std::to_string(i)});
    });
  }

  std::int64_t counted(std::string_view code) {
    return count(system, metrics::kafka_errors, code)->value();
  }
};

BOOST_FIXTURE_TEST_SUITE(an_error_of_kafkas, fixture)

// As often as a broker says it: it is counted each time, and written once.
BOOST_AUTO_TEST_CASE(is_a_line_of_the_log_that_is_limited_and_is_counted) {
  auto lines = report("partition topic/0", "_BAD_MSG", 500);
  BOOST_TEST_REQUIRE(lines.size() == 1u);
  for (auto* part : {"Kafka reports an error", "partition topic/0", "_BAD_MSG",
                     "no 0", "another replica"})
    BOOST_TEST(lines[0].find(part) != std::string::npos, lines[0]);
  BOOST_TEST(counted("_BAD_MSG") == 500);
}

// Another one, or one of another place, says more.
BOOST_AUTO_TEST_CASE(is_written_once_for_each_place_and_code) {
  BOOST_TEST(report("topic a", "_UNKNOWN_TOPIC", 2).size() == 1u);
  BOOST_TEST(report("topic b", "_UNKNOWN_TOPIC", 2).size() == 1u);
  BOOST_TEST(report("topic a", "_SSL", 2).size() == 1u);
  BOOST_TEST(report("topic a", "_UNKNOWN_TOPIC", 2).empty());
}

// Whoever can make up places writes no more than that.
BOOST_AUTO_TEST_CASE(is_written_so_often_at_most_whatever_its_place) {
  auto lines = test::logged_lines([&] {
    for (int i = 0; i < 1000; ++i)
      report_kafka_error(system, "partition t/" + std::to_string(i),
                         {"_TRANSPORT", "no"});
  });
  BOOST_TEST(lines.size() == log_options{}.limit_lines);
  BOOST_TEST(counted("_TRANSPORT") == 1000);
}

BOOST_AUTO_TEST_CASE(says_what_becomes_of_an_offset_that_is_gone) {
  BOOST_TEST(advice_about("_AUTO_OFFSET_RESET")
             == "none: members are notified by a gap");
  BOOST_TEST(advice_about("one that nobody knows")
             == "none: it is tried again");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
