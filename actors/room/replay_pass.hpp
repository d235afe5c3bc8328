#pragma once

#include "actors/contract/delivery.hpp"

#include <caf/message.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

namespace weir {

/// One pass through what a partition holds of a room, for members that are
/// behind. It keeps its latest events for a while, for those who cannot take
/// them right now: else members that are together, but not ready at the same
/// moment, would each need a pass of their own. What it keeps holds its credit,
/// so that the pass waits for them too.
class replay_pass {
public:
  /// So many calls of `age` may find it held up before events are given up.
  static constexpr int hold_timeout = 6;

  replay_pass(std::uint64_t id, std::int64_t from) : id_(id), at_(from) {}

  std::uint64_t id() const { return id_; }

  /// Everybody whose position is here or later is in the pass.
  std::int64_t begin() const {
    return kept_.empty() ? at_ : kept_.front().events->from;
  }

  /// The next events begin here.
  std::int64_t at() const { return at_; }

  bool keeps_any() const { return !kept_.empty(); }

  /// Requires: `x->from == at()`, or it begins a hole's end later.
  void add(std::shared_ptr<const room_events> x) {
    at_ = x->to;
    auto content = caf::make_message(deliver_events{x});
    kept_.push_back({std::move(x), std::move(content), 0});
  }

  /// Calls `f` with all that is kept, in order: the events, and the one message
  /// object that brings them to whoever wants them.
  template <class F>
  void each(F f) const {
    for (auto& x : kept_)
      f(x.events, x.content);
  }

  /// Nobody wants what is before this position; but at first somebody may still
  /// come: those who fall behind together ask one after the other.
  void drop_before(std::int64_t position) {
    while (!is_young_ && !kept_.empty() && kept_.front().events->to <= position)
      kept_.pop_front();
  }

  /// Time passes. Where it has not moved on since the last time although
  /// `somebody_waits`, it is held up; and whoever still is at what has held it
  /// up for too long is left behind.
  void age(bool somebody_waits) {
    is_young_ = false;
    if (std::exchange(aged_at_, at_) != at_ || !somebody_waits)
      return;
    for (auto& x : kept_)
      ++x.age;
    while (!kept_.empty() && kept_.front().age >= hold_timeout)
      kept_.pop_front();
  }

private:
  struct kept {
    std::shared_ptr<const room_events> events;
    caf::message content;
    int age;
  };

  std::uint64_t id_;
  std::int64_t at_;
  std::int64_t aged_at_ = -1; ///< where it was then
  bool is_young_ = true;
  std::deque<kept> kept_; ///< bounded by the credit of the replay
};

} // namespace weir
