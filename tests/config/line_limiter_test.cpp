#include "config/line_limiter.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

namespace {

using namespace weir::log;
using namespace std::chrono_literals;

struct fixture {
  /// How many were left out before this line; -1: it is itself.
  std::int64_t line(const std::string& key) {
    auto x = limiter.admit("refused", key, now);
    return x ? static_cast<std::int64_t>(*x) : -1;
  }

  line_limiter limiter{3, 10s};
  line_limiter::instant now{1h};
};

BOOST_FIXTURE_TEST_SUITE(line_limiter_suite, fixture)

BOOST_AUTO_TEST_CASE(a_cause_has_one_line_within_an_interval) {
  BOOST_TEST(line("a") == 0);
  BOOST_TEST(line("a") == -1);
  now += 9999ms;
  BOOST_TEST(line("a") == -1);
  now += 1ms;
  BOOST_TEST(line("a") == 2);
  BOOST_TEST(line("a") == -1);
  now += 10s;
  BOOST_TEST(line("b") == 1);
}

BOOST_AUTO_TEST_CASE(causes_without_end_have_a_few_lines_in_all) {
  auto written = 0;
  for (int i = 0; i < 14'000; ++i)
    written += line(std::to_string(i)) >= 0 ? 1 : 0;
  BOOST_TEST(written == 3);
  now += 10s;
  BOOST_TEST(line("x") == 13'997);
}

BOOST_AUTO_TEST_CASE(texts_do_not_take_lines_from_each_other) {
  for (auto key : {"a", "b", "c", "d"})
    line(key);
  BOOST_TEST(*limiter.admit("something else", "a", now) == 0u);
}

// Whatever comes when: no interval has more lines than allowed, and every line
// is either written or counted by one that is.
BOOST_AUTO_TEST_CASE(each_line_is_written_or_counted) {
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    limiter = {3, 10s};
    std::int64_t asked = 0;
    std::int64_t accounted = 0;
    std::vector<line_limiter::instant> written;
    for (int i = 0; i < 300; ++i) {
      now += std::chrono::milliseconds{random() % 3 == 0 ? random() % 4000 : 0};
      ++asked;
      if (auto x = line(std::to_string(random() % 6)); x >= 0) {
        accounted += 1 + x;
        written.push_back(now);
      }
    }
    now += 10s;
    ++asked;
    accounted += 1 + line("the last one");
    BOOST_TEST(accounted == asked);
    // Two neighbouring intervals may share a span of that length.
    for (std::size_t i = 6; i < written.size(); ++i)
      BOOST_TEST((written[i] - written[i - 6] >= 10s));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
