#include "transport/http/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

namespace weir::http {

namespace {

/// epoll, eventfd, timerfd and a listening socket each.
constexpr std::size_t per_loop = 4;

/// librdkafka's sockets and pipes to some ten brokers, links to as many nodes,
/// the operator's connections, and what the process itself has.
constexpr std::size_t others = 256;

} // namespace

std::size_t descriptor_limit() {
  rlimit now{};
  return getrlimit(RLIMIT_NOFILE, &now) == 0
           ? static_cast<std::size_t>(now.rlim_cur)
           : 0;
}

std::size_t raise_descriptor_limit() {
  rlimit now{};
  if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur < now.rlim_max) {
    now.rlim_cur = now.rlim_max;
    setrlimit(RLIMIT_NOFILE, &now); // `descriptor_limit` tells what came of it
  }
  return descriptor_limit();
}

std::size_t client_descriptors(const options& settings, std::size_t limit) {
  std::size_t loops = settings.server.io_threads;
  if (loops == 0)
    loops = std::max(1U, std::thread::hardware_concurrency());
  auto rest = others + per_loop * loops;
  return std::max(limit > rest ? limit - rest : 0, limit / 2);
}

} // namespace weir::http
