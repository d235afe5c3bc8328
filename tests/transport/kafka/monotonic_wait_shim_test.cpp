#include "transport/kafka/monotonic_wait_shim.hpp"

#include <boost/test/unit_test.hpp>

#include <threads.h>

#include <chrono>

using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

// Of an empty function: what counts is that its file is linked.
struct fixture {
  fixture() { weir::kafka::wait_by_the_steady_clock(); }
};

nanoseconds time_now() {
  return system_clock::now().time_since_epoch();
}

/// The answer to a wait, for something that does not happen, until then.
int wait_until(nanoseconds time) {
  mtx_t lock;
  cnd_t condition;
  mtx_init(&lock, mtx_plain);
  cnd_init(&condition);
  mtx_lock(&lock);
  auto whole = floor<seconds>(time);
  timespec until{whole.count(), (time - whole).count()};
  auto result = cnd_timedwait(&condition, &lock, &until);
  mtx_unlock(&lock);
  cnd_destroy(&condition);
  mtx_destroy(&lock);
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(monotonic_wait_shim, fixture)

BOOST_AUTO_TEST_CASE(a_wait_lasts_until_its_time) {
  auto begin = steady_clock::now();
  BOOST_TEST(wait_until(time_now() + 20ms) == thrd_timedout);
  BOOST_TEST((steady_clock::now() - begin >= 20ms));
}

BOOST_AUTO_TEST_CASE(a_time_that_is_past_is_not_waited_for) {
  BOOST_TEST(wait_until(time_now() - 1h) == thrd_timedout);
}

// As when the clock is set back between the question for the time and the wait.
BOOST_AUTO_TEST_CASE(a_time_that_is_far_ahead_is_looked_at_again) {
  BOOST_TEST(wait_until(time_now() + 1h) == thrd_timedout);
}

BOOST_AUTO_TEST_SUITE_END()
