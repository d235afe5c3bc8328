#include "transport/auth/circuit_breaker.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using weir::auth::circuit_breaker;
using namespace std::chrono_literals;

namespace {

struct fixture {
  void fail(std::size_t n) {
    for (; n > 0; --n) {
      BOOST_TEST(x.may_ask(now));
      x.fail(now);
    }
  }

  circuit_breaker x;
  circuit_breaker::time now{1h};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_circuit_breaker, fixture)

BOOST_AUTO_TEST_CASE(lets_single_failures_pass) {
  for (auto i = 0; i < 100; ++i) {
    fail(circuit_breaker::max_failures - 1);
    x.succeed();
  }
  BOOST_TEST(x.may_ask(now));
}

BOOST_AUTO_TEST_CASE(opens_after_failures_in_a_row) {
  fail(circuit_breaker::max_failures);
  BOOST_TEST(x.is_open());
  BOOST_TEST(!x.may_ask(now));
  now += circuit_breaker::min_pause;
  BOOST_TEST(x.may_ask(now));
  BOOST_TEST(!x.may_ask(now)); // one finds out
  x.succeed();
  BOOST_TEST(x.may_ask(now));
  BOOST_TEST(x.may_ask(now));
}

BOOST_AUTO_TEST_CASE(waits_longer_each_time_up_to_a_limit) {
  fail(circuit_breaker::max_failures);
  auto pause = circuit_breaker::min_pause;
  for (auto i = 0; i < 10; ++i) {
    BOOST_TEST(!x.may_ask(now + pause - 1ms));
    now += pause;
    fail(1);
    pause = std::min(pause * 2, circuit_breaker::max_pause);
  }
  BOOST_TEST((pause == circuit_breaker::max_pause));
}

BOOST_AUTO_TEST_CASE(late_answers_do_not_make_it_wait_longer) {
  for (auto i = 0u; i < 3 * circuit_breaker::max_failures; ++i)
    BOOST_TEST(x.may_ask(now));
  for (auto i = 0u; i < 3 * circuit_breaker::max_failures; ++i)
    x.fail(now);
  BOOST_TEST(x.may_ask(now + circuit_breaker::min_pause));
}

// Whatever answers come in whatever order: it is asked again at some time.
BOOST_AUTO_TEST_CASE(is_never_open_permanently) {
  for (auto seed = 0u; seed < 200; ++seed) {
    std::mt19937 random{seed};
    circuit_breaker y;
    auto at = now;
    std::size_t under_way = 0;
    for (auto i = 0; i < 200; ++i) {
      at += std::chrono::milliseconds{random() % 3000};
      if (random() % 2 && y.may_ask(at))
        ++under_way;
      if (under_way == 0 || random() % 2)
        continue;
      --under_way;
      if (random() % 4)
        y.fail(at);
      else
        y.succeed();
    }
    for (; under_way > 0; --under_way)
      y.fail(at);
    BOOST_TEST(y.may_ask(at + circuit_breaker::max_pause), seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()
