#include "transport/kafka/tsan_c11_threads_shim.hpp"

// librdkafka uses C11's threads, which GCC's ThreadSanitizer does not follow:
// a thread it has not seen start crashes in the first function that it does
// follow. These definitions take the place of the C library's and do the same
// by way of pthreads, on which the C library's types are built anyway. Those
// that begin and end a mutex are left alone: their writes would be seen, but
// not the read-write locks by which librdkafka passes new objects on.
#ifdef __SANITIZE_THREAD__

#  include <pthread.h>
#  include <threads.h>

#  include <cerrno>
#  include <cstdint>
#  include <memory>

namespace {

struct start {
  thrd_start_t function;
  void* argument;
};

void* run(void* x) {
  auto todo = *std::unique_ptr<start>{static_cast<start*>(x)};
  return reinterpret_cast<void*>(
    static_cast<std::intptr_t>(todo.function(todo.argument)));
}

pthread_mutex_t* native(mtx_t* x) {
  return reinterpret_cast<pthread_mutex_t*>(x);
}

pthread_cond_t* native(cnd_t* x) {
  return reinterpret_cast<pthread_cond_t*>(x);
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

// It counts references by atomics that TSan does not see either, so what the
// last owner frees looks used by others. Locks and threads come by the
// functions below and are followed.
const char* __tsan_default_suppressions() {
  return "called_from_lib:librdkafka.so\n";
}

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto todo = std::make_unique<start>(start{function, argument});
  auto error = pthread_create(thread, nullptr, &run, todo.get());
  if (error == 0)
    (void)todo.release(); // `run` has it
  return result(error);
}

int thrd_join(thrd_t thread, int* code) {
  void* value = nullptr;
  auto error = pthread_join(thread, &value);
  if (code != nullptr)
    *code = static_cast<int>(reinterpret_cast<std::intptr_t>(value));
  return result(error);
}

int mtx_lock(mtx_t* x) {
  return result(pthread_mutex_lock(native(x)));
}

int mtx_unlock(mtx_t* x) noexcept {
  return result(pthread_mutex_unlock(native(x)));
}

int cnd_signal(cnd_t* x) noexcept {
  return result(pthread_cond_signal(native(x)));
}

int cnd_broadcast(cnd_t* x) noexcept {
  return result(pthread_cond_broadcast(native(x)));
}

int cnd_wait(cnd_t* x, mtx_t* lock) {
  return result(pthread_cond_wait(native(x), native(lock)));
}

int cnd_timedwait(cnd_t* x, mtx_t* lock, const timespec* until) {
  return result(pthread_cond_timedwait(native(x), native(lock), until));
}

} // extern "C"

namespace weir::kafka {

void tsan_c11_threads_shim() {
}

} // namespace weir::kafka

#endif
