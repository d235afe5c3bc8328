#include "config/base/rfc3339.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string_view>
#include <vector>

using weir::to_rfc3339;

BOOST_AUTO_TEST_SUITE(rfc3339)

BOOST_AUTO_TEST_CASE(a_time_is_written_in_utc_with_milliseconds) {
  const std::vector<std::pair<std::int64_t, std::string_view>> table{
    {0, "1970-01-01T00:00:00.000Z"},
    {1, "1970-01-01T00:00:00.001Z"},
    {999, "1970-01-01T00:00:00.999Z"},
    {1'000, "1970-01-01T00:00:01.000Z"},
    {951'782'399'123, "2000-02-28T23:59:59.123Z"},
    {951'782'400'000, "2000-02-29T00:00:00.000Z"},
    {1'700'000'000'042, "2023-11-14T22:13:20.042Z"},
    {4'107'542'400'000, "2100-03-01T00:00:00.000Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {-1'000, "1969-12-31T23:59:59.000Z"},
  };
  for (auto& [time, text] : table)
    BOOST_TEST(to_rfc3339(time) == text);
}

BOOST_AUTO_TEST_CASE(the_same_second_twice_differs_in_its_milliseconds) {
  BOOST_TEST(to_rfc3339(1'700'000'000'001) == "2023-11-14T22:13:20.001Z");
  BOOST_TEST(to_rfc3339(1'700'000'000'999) == "2023-11-14T22:13:20.999Z");
  BOOST_TEST(to_rfc3339(1'700'000'000'007) == "2023-11-14T22:13:20.007Z");
}

BOOST_AUTO_TEST_CASE(a_time_without_such_a_form_becomes_the_nearest) {
  using limits = std::numeric_limits<std::int64_t>;
  BOOST_TEST(to_rfc3339(limits::max()) == "9999-12-31T23:59:59.999Z");
  BOOST_TEST(to_rfc3339(limits::min()) == "0000-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(a_time_is_written_without_milliseconds_too) {
  using weir::to_rfc3339_seconds;
  BOOST_TEST(to_rfc3339_seconds(951'782'400) == "2000-02-29T00:00:00Z");
  BOOST_TEST(to_rfc3339_seconds(-1) == "1969-12-31T23:59:59Z");
  using limits = std::numeric_limits<std::int64_t>;
  BOOST_TEST(to_rfc3339_seconds(limits::max()) == "9999-12-31T23:59:59Z");
  BOOST_TEST(to_rfc3339_seconds(limits::min()) == "0000-01-01T00:00:00Z");
}

BOOST_AUTO_TEST_SUITE_END()
