#include "transport/kafka/monotonic_wait_shim.hpp"

// librdkafka asks for the system's time and waits until so long after it, by
// that clock. When that is set back meanwhile, its threads wait for longer by
// as much: an idle node sends no heartbeats then, and does not learn that the
// group has given its partitions to others (its issue 2145, open since 2018).
// This definition takes the place of the C library's: it waits for as long as
// is left by the system's clock now, by the steady one, and for no longer than
// a second. Who is notified that the time is over looks whether it is, by the
// steady clock (cnd_timedwait_ms of 2.14), so a clock that is set between the
// question and the wait costs no more. ThreadSanitizer needs its own one
// (tsan_c11_threads_shim.cpp), and no such jumps. Why, and what ends it:
// docs/decisions/0004-replaced-wait-of-the-c-library.md.
#if WEIR_MONOTONIC_WAIT_SHIM && !defined(__SANITIZE_THREAD__)

#  include <pthread.h>
#  include <threads.h>

#  include <algorithm>
#  include <cerrno>
#  include <chrono>
#  include <ctime>

namespace {

using std::chrono::nanoseconds;

nanoseconds read(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec};
}

timespec to_timespec(nanoseconds time) {
  auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return {whole.count(), (time - whole).count()};
}

constexpr nanoseconds longest = std::chrono::seconds{1};

int result(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case ETIMEDOUT:
      return thrd_timedout;
    default:
      return thrd_error;
  }
}

} // namespace

extern "C" {

int cnd_timedwait(cnd_t* condition, mtx_t* lock, const timespec* until) {
  auto left = std::chrono::seconds{until->tv_sec} + nanoseconds{until->tv_nsec}
              - read(CLOCK_REALTIME);
  auto steady = to_timespec(read(CLOCK_MONOTONIC)
                            + std::clamp(left, nanoseconds{}, longest));
  // The C library's types are built on these.
  return result(pthread_cond_clockwait(
    reinterpret_cast<pthread_cond_t*>(condition),
    reinterpret_cast<pthread_mutex_t*>(lock), CLOCK_MONOTONIC, &steady));
}

} // extern "C"

#endif

namespace weir::kafka {

void wait_by_the_steady_clock() {
}

} // namespace weir::kafka
