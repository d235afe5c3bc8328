#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace weir {

/// A room's recent events, encoded, for members to come. Plain logic. Bounded
/// by a number of events (`history` of the mapping) and by bytes: what a new
/// member's outbox could not take is not kept.
class room_history {
public:
  room_history(std::size_t max_events, std::size_t max_bytes)
    : max_events_(max_events), max_bytes_(max_bytes) {}

  bool is_kept() const { return max_events_ > 0; }
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }

  /// Takes the frames of one event.
  void add(std::string_view frames) {
    events_.emplace_back(frames);
    bytes_ += frames.size();
    while (events_.size() > max_events_ || bytes_ > max_bytes_) {
      bytes_ -= events_.front().size();
      events_.pop_front();
    }
  }

  /// Takes the events of another one, after its own.
  void add(const room_history& later) {
    for (auto& x : later.events_)
      add(x);
  }

  /// The frames of each event, oldest first.
  const std::deque<std::string>& events() const { return events_; }

private:
  std::size_t max_events_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::deque<std::string> events_;
};

} // namespace weir
