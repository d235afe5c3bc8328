#include "actors/client/departures.hpp" // unit under test

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(the_departures_of_a_loop)

BOOST_AUTO_TEST_CASE(are_told_for_some_time) {
  departures x;
  departures::time_point begin{};
  x.add("/", "a", "ping timeout", begin);
  x.add("/chat", "b", "transport close", begin + 6s);
  auto all = x.latest(begin + 9s);
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].nsp == "/");
  BOOST_TEST(all[0].id == "a");
  BOOST_TEST(all[0].reason == "ping timeout");
  BOOST_TEST_REQUIRE(x.latest(begin + 10s).size() == 1u);
  BOOST_TEST(x.latest(begin + 10s)[0].id == "b");
  BOOST_TEST(x.latest(begin + 16s).empty());
}

BOOST_AUTO_TEST_CASE(are_so_many_at_most) {
  departures x;
  departures::time_point now{};
  for (std::size_t i = 0; i <= departures::most; ++i)
    x.add("/", std::to_string(i), "ping timeout", now);
  BOOST_TEST(x.latest(now).size() == departures::most);
  BOOST_TEST(x.latest(now).front().id == "1");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
