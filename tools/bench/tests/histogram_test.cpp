#include "tools/bench/load/histogram.hpp"

#include <boost/test/unit_test.hpp>

using weir::bench::histogram;

BOOST_AUTO_TEST_SUITE(histogram_)

BOOST_AUTO_TEST_CASE(says_zero_when_nothing_was_recorded) {
  BOOST_TEST(histogram{}.quantile(0.99) == 0u);
}

BOOST_AUTO_TEST_CASE(is_exact_for_small_values) {
  histogram h;
  for (std::uint64_t value = 1; value <= 100; ++value)
    h.record(value);
  BOOST_TEST(h.quantile(0.5) == 50u);
  BOOST_TEST(h.quantile(0.99) == 99u);
  BOOST_TEST(h.quantile(1.0) == 100u);
}

BOOST_AUTO_TEST_CASE(is_within_one_percent_at_every_magnitude) {
  for (std::uint64_t value = 1; value < std::uint64_t{1} << 39;
       value = value * 3 + 1) {
    histogram h;
    h.record(value);
    h.record(std::uint64_t{1} << 39);
    auto found = static_cast<double>(h.quantile(0.5));
    BOOST_TEST(found >= static_cast<double>(value));
    BOOST_TEST(found <= static_cast<double>(value) * 1.01);
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_largest_value) {
  histogram h;
  h.record(123'456'789);
  BOOST_TEST(h.max() == 123'456'789u);
  BOOST_TEST(h.quantile(0.999) == 123'456'789u);
}

BOOST_AUTO_TEST_CASE(puts_what_is_beyond_its_range_into_the_last_bucket) {
  histogram h;
  h.record(UINT64_MAX);
  BOOST_TEST(h.count() == 1u);
  BOOST_TEST(h.quantile(0.5) == (std::uint64_t{1} << 40) - 1);
}

BOOST_AUTO_TEST_SUITE_END()
