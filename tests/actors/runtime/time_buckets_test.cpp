#include "actors/runtime/time_buckets.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <cstdint>

namespace weir {

namespace {

/// Where a single duration is counted.
std::size_t bucket_of(std::int64_t microseconds) {
  time_buckets x;
  x.add(microseconds);
  for (std::size_t i = 0; i < time_buckets::bounds; ++i)
    if (x.count(i) == 1)
      return i;
  BOOST_TEST(x.count(time_buckets::bounds) == 1);
  return time_buckets::bounds;
}

BOOST_AUTO_TEST_SUITE(time_buckets_suite)

BOOST_AUTO_TEST_CASE(a_bound_is_within_its_bucket) {
  for (std::size_t i = 0; i < time_buckets::bounds; ++i) {
    BOOST_TEST(bucket_of(time_buckets::bound(i)) == i);
    BOOST_TEST(bucket_of(time_buckets::bound(i) + 1) == i + 1);
  }
}

BOOST_AUTO_TEST_CASE(what_is_shorter_or_longer_than_all_is_at_an_end) {
  BOOST_TEST(bucket_of(0) == 0u);
  BOOST_TEST(bucket_of(1) == 0u);
  BOOST_TEST(bucket_of(INT64_MAX) == time_buckets::bounds);
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_makes_nothing_shorter_than_0) {
  time_buckets x;
  x.add(-5);
  BOOST_TEST(x.count(0) == 1);
  BOOST_TEST(x.sum() == 0);
}

BOOST_AUTO_TEST_CASE(several_are_counted_at_once) {
  time_buckets x;
  x.add(100, 3), x.add(70, 1), x.add(1000, 2);
  BOOST_TEST(x.count(1) == 4); // up to 128
  BOOST_TEST(x.count(4) == 2); // up to 1024
  BOOST_TEST(x.sum() == 2370);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
