#include "tools/bench/load/poller.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace weir::bench {

namespace {

void control(int epoll_fd, int operation, int fd, pollable& who,
             std::uint32_t epoll_events) {
  epoll_event event{};
  event.events = epoll_events;
  event.data.ptr = &who;
  if (epoll_ctl(epoll_fd, operation, fd, &event) != 0)
    throw std::system_error{errno, std::generic_category(), "epoll_ctl"};
}

} // namespace

std::uint64_t now_ns() {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
    std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

poller::poller() : fd_(epoll_create1(EPOLL_CLOEXEC)) {
  if (fd_ < 0)
    throw std::system_error{errno, std::generic_category(), "epoll_create1"};
}

poller::~poller() {
  close(fd_);
}

void poller::add(int fd, pollable& who, std::uint32_t epoll_events) {
  control(fd_, EPOLL_CTL_ADD, fd, who, epoll_events);
}

void poller::modify(int fd, pollable& who, std::uint32_t epoll_events) {
  control(fd_, EPOLL_CTL_MOD, fd, who, epoll_events);
}

void poller::poll(std::uint64_t deadline_ns) {
  auto now = now_ns();
  auto left = deadline_ns > now ? deadline_ns - now : 0;
  const timespec timeout{static_cast<time_t>(left / ns_per_s),
                         static_cast<long>(left % ns_per_s)};
  std::array<epoll_event, 256> ready;
  const int count = epoll_pwait2(
    fd_, ready.data(), static_cast<int>(ready.size()), &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    auto& event = ready[static_cast<std::size_t>(i)];
    static_cast<pollable*>(event.data.ptr)->on_ready(event.events);
  }
}

} // namespace weir::bench
