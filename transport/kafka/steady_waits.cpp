#include "transport/kafka/steady_waits.hpp"

// librdkafka waits until times of the system's clock. When that is set back,
// its threads wait for longer by as much: an idle node sends no heartbeats
// then, and does not learn that the group has given its partitions to others
// (librdkafka's issue 2145, open since 2018). These definitions take the place
// of the C library's: the time that such waits are reckoned from goes on
// steadily. ThreadSanitizer needs its own ones (tsan_threads.cpp), and no such
// jumps.
#ifndef __SANITIZE_THREAD__

#  include <pthread.h>
#  include <threads.h>

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

/// From the steady clock to the system's, as it was when the process began.
nanoseconds distance() {
  static const auto result = read(CLOCK_REALTIME) - read(CLOCK_MONOTONIC);
  return result;
}

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

int timespec_get(timespec* time, int base) noexcept {
  if (base != TIME_UTC)
    return 0;
  *time = to_timespec(read(CLOCK_MONOTONIC) + distance());
  return base;
}

int cnd_timedwait(cnd_t* condition, mtx_t* lock, const timespec* until) {
  auto wanted = std::chrono::seconds{until->tv_sec}
                + nanoseconds{until->tv_nsec} - distance();
  auto steady = to_timespec(wanted);
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
