#pragma once

// A thin epoll: one thread, level-triggered, a deadline in nanoseconds.

#include <cstdint>

namespace weir::bench {

/// Nanoseconds of the monotonic clock.
std::uint64_t now_ns();

constexpr std::uint64_t ns_per_ms = 1'000'000;
constexpr std::uint64_t ns_per_s = 1'000'000'000;

inline std::uint64_t from_now(double seconds) {
  return now_ns()
         + static_cast<std::uint64_t>(seconds * static_cast<double>(ns_per_s));
}

/// Told by the poller that its file descriptor is ready.
class pollable {
public:
  virtual void on_ready(std::uint32_t epoll_events) = 0;

protected:
  ~pollable() = default;
};

class poller {
public:
  poller();
  ~poller();
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  /// `who` must outlive its file descriptor.
  void add(int fd, pollable& who, std::uint32_t epoll_events);
  void modify(int fd, pollable& who, std::uint32_t epoll_events);

  /// Waits until something is ready, at most until `deadline_ns`, and tells
  /// whoever it is.
  void poll(std::uint64_t deadline_ns);

private:
  int fd_;
};

} // namespace weir::bench
