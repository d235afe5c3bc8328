#include "transport/engineio/session_drain.hpp"

#include <boost/test/unit_test.hpp>

namespace weir::engineio {
namespace {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(a_drains_pace)

BOOST_AUTO_TEST_CASE(is_even) {
  drain_pace pace{1000, 5s};
  for (std::size_t i = 0; i < 1000; ++i) {
    BOOST_TEST(pace.due(5ms * i) == i + 1);
    BOOST_TEST(pace.due(5ms * i + 4ms) == i + 1);
  }
}

BOOST_AUTO_TEST_CASE(never_asks_for_more_than_there_are) {
  drain_pace pace{1000, 5s};
  BOOST_TEST(pace.due(5s) == 1000u);
  BOOST_TEST(pace.due(24h) == 1000u);
  BOOST_TEST(drain_pace(0, 5s).due(1h) == 0u);
}

BOOST_AUTO_TEST_CASE(asks_for_nothing_before_it_begins) {
  BOOST_TEST(drain_pace(1000, 5s).due(-1ns) == 0u);
}

BOOST_AUTO_TEST_CASE(lets_few_go_sooner) {
  drain_pace pace{3, 5s};
  BOOST_TEST(pace.due(0s) == 1u);
  BOOST_TEST(pace.due(49ms) == 1u);
  BOOST_TEST(pace.due(50ms) == 2u);
  BOOST_TEST(pace.due(100ms) == 3u);
}

BOOST_AUTO_TEST_CASE(lets_all_go_at_once_where_there_is_no_time) {
  BOOST_TEST(drain_pace(1000, 0s).due(0s) == 1000u);
  // Less than a nanosecond each.
  BOOST_TEST(drain_pace(1000, 1ns).due(0s) == 1000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
