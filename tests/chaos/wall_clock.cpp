// A wall clock that jumps, for one process (LD_PRELOAD): what a file says is
// added to it, in nanoseconds. The monotonic clock stays right.
//
// libfaketime does as much, but hangs with jemalloc, and a wait that has begun
// keeps its length there. Here, as with a real clock, it ends when the clock
// shows the time: at once after a jump forwards, late after one backwards.

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

using nanoseconds = std::int64_t;
constexpr nanoseconds second = 1'000'000'000;
/// How long a wait can take to notice a jump.
constexpr nanoseconds slice = 50'000'000;

// Allocators ask for the time before the constructor has run.
std::atomic<const nanoseconds*> jump{nullptr};

__attribute__((constructor)) void open_file() {
  const char* file = std::getenv("WALL_CLOCK_FILE");
  const int descriptor = file == nullptr ? -1 : open(file, O_RDONLY);
  if (descriptor < 0)
    std::abort();
  void* memory = mmap(nullptr, sizeof(nanoseconds), PROT_READ, MAP_SHARED,
                      descriptor, 0);
  if (memory == MAP_FAILED)
    std::abort();
  close(descriptor);
  jump = static_cast<const nanoseconds*>(memory);
}

nanoseconds to_nanoseconds(const timespec& time) {
  return time.tv_sec * second + time.tv_nsec;
}

timespec to_timespec(nanoseconds time) {
  return {time / second, time % second};
}

/// By the kernel: `clock_gettime` is the one below.
nanoseconds true_time(clockid_t clock) {
  timespec time{};
  syscall(SYS_clock_gettime, clock, &time);
  return to_nanoseconds(time);
}

nanoseconds shown_time(clockid_t clock) {
  const nanoseconds* by = jump.load(std::memory_order_relaxed);
  const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  return true_time(clock)
         + (by != nullptr && wall ? __atomic_load_n(by, __ATOMIC_RELAXED) : 0);
}

} // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) {
  // Others may not exist.
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
    return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  *time = to_timespec(shown_time(clock));
  return 0;
}

int timespec_get(timespec* time, int base) {
  if (base != TIME_UTC)
    return 0;
  *time = to_timespec(shown_time(CLOCK_REALTIME));
  return base;
}

int gettimeofday(timeval* time, void*) {
  auto now = shown_time(CLOCK_REALTIME);
  *time = {now / second, now % second / 1000};
  return 0;
}

time_t time(time_t* into) {
  auto now = static_cast<time_t>(shown_time(CLOCK_REALTIME) / second);
  if (into != nullptr)
    *into = now;
  return now;
}

// Programs that use C11's threads call it from within the C library.
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  // The C library's own types are built on these.
  const int result
    = pthread_cond_timedwait(reinterpret_cast<pthread_cond_t*>(condition),
                             reinterpret_cast<pthread_mutex_t*>(mutex), until);
  return result == 0           ? thrd_success
         : result == ETIMEDOUT ? thrd_timedout
                               : thrd_error;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  // A condition may be one of the monotonic clock, whose times are small.
  constexpr time_t thirty_years = 946'684'800;
  if (until->tv_sec < thirty_years)
    return pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, until);
  while (true) {
    auto left = to_nanoseconds(*until) - shown_time(CLOCK_REALTIME);
    if (left <= 0)
      return ETIMEDOUT;
    auto wake = to_timespec(true_time(CLOCK_MONOTONIC) + std::min(left, slice));
    const int result = pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC,
                                              &wake);
    if (result != ETIMEDOUT)
      return result;
  }
}

} // extern "C"
