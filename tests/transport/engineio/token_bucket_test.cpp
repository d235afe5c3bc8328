#include "transport/engineio/token_bucket.hpp" // unit under test

#include "config/options/units.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace weir::engineio {

namespace {

using namespace std::chrono_literals;
using time_point = token_bucket::time_point;
using duration = token_bucket::duration;

struct fixture {
  bool may(std::uint64_t n = 1) {
    auto result = bucket.wait(rate, now, n) == 0ns;
    if (result)
      bucket.take(rate, now, n);
    return result;
  }

  rate_options rate{10, 3};
  time_point now{1h};
  token_bucket bucket;
};

BOOST_FIXTURE_TEST_SUITE(a_token_bucket, fixture)

BOOST_AUTO_TEST_CASE(lets_a_burst_in_and_then_so_many_a_second) {
  BOOST_TEST((may() && may() && may()));
  BOOST_TEST(!may());
  now += 99ms;
  BOOST_TEST(!may());
  now += 1ms;
  BOOST_TEST(may());
  BOOST_TEST(!may());
}

BOOST_AUTO_TEST_CASE(tells_how_long_to_wait) {
  BOOST_TEST((may() && may() && may()));
  BOOST_TEST((bucket.wait(rate, now) == 100ms));
  BOOST_TEST((bucket.wait(rate, now, 3) == 300ms));
}

BOOST_AUTO_TEST_CASE(never_has_more_than_its_burst) {
  now += 24h;
  BOOST_TEST((may() && may() && may()));
  BOOST_TEST(!may());
}

BOOST_AUTO_TEST_CASE(has_a_second_of_its_rate_where_no_burst_is_set) {
  rate.burst = 0;
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(may());
  BOOST_TEST(!may());
}

BOOST_AUTO_TEST_CASE(lets_in_what_is_more_than_its_burst_when_it_is_full) {
  BOOST_TEST(may(100));
  BOOST_TEST((bucket.wait(rate, now) == 10s - 200ms));
  now += 10s - 200ms;
  BOOST_TEST(may());
  BOOST_TEST(!may(100));
  now += 300ms;
  BOOST_TEST(may(100));
}

BOOST_AUTO_TEST_CASE(takes_numbers_of_any_size) {
  rate = {1, 1};
  BOOST_TEST(may(std::numeric_limits<std::uint64_t>::max()));
  BOOST_TEST((bucket.wait(rate, now) > 24h));
  BOOST_TEST(
    (bucket.wait(rate, now, std::numeric_limits<std::uint64_t>::max()) > 24h));
}

struct taken {
  time_point at;
  std::uint64_t n;
};

/// Whatever comes whenever: between any two points in time no more than the
/// burst and what the rate gives for the time between.
BOOST_AUTO_TEST_CASE(holds_everybody_to_the_rate) {
  std::mt19937_64 choice{1};
  std::size_t refused = 0;
  for (int round = 0; round < 200; ++round) {
    rate = {1 + choice() % 1000, choice() % 50};
    bucket = {};
    std::vector<taken> all;
    for (int i = 0; i < 300; ++i) {
      now += duration{choice() % (2 * std::nano::den / rate.rate)};
      auto n = 1 + choice() % std::max<std::uint64_t>(rate.most_at_once(), 1);
      if (may(n))
        all.push_back({now, n});
      else
        ++refused;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      double sum = 0;
      for (auto j = i; j < all.size(); ++j) {
        sum += static_cast<double>(all[j].n);
        auto seconds = std::chrono::duration<double>{all[j].at - all[i].at};
        auto most = static_cast<double>(rate.most_at_once())
                    + static_cast<double>(rate.rate) * seconds.count();
        if (sum > most + 0.001)
          BOOST_ERROR("too many");
      }
    }
  }
  BOOST_TEST(refused > 1000u); // it was about something
}

/// Who waits as long as it is told is let in then, and not before.
BOOST_AUTO_TEST_CASE(lets_in_who_waits_and_nobody_earlier) {
  std::mt19937_64 choice{2};
  std::size_t waits = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (i % 100 == 0)
      rate = {1 + choice() % 100'000, choice() % 500}, bucket = {};
    auto n = 1 + choice() % (2 * rate.most_at_once());
    auto wait = bucket.wait(rate, now, n);
    if (wait > 0ns) {
      ++waits;
      BOOST_TEST(!may(n));
      now += wait - 1ns;
      BOOST_TEST(!may(n));
      now += 1ns;
    }
    BOOST_TEST(may(n));
  }
  BOOST_TEST(waits > 1000u);
}

BOOST_AUTO_TEST_CASE(never_refuses_who_keeps_to_the_rate) {
  std::mt19937_64 choice{3};
  for (int round = 0; round < 100; ++round) {
    rate = {1 + choice() % 10'000, 1};
    bucket = {};
    for (int i = 0; i < 200; ++i) {
      BOOST_TEST(may());
      now += duration{std::nano::den / rate.rate};
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir::engineio
