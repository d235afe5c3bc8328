#pragma once

#include "transport/engineio/loop.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace weir::engineio {

/// When how many of a number of sessions are due, if they are to be closed one
/// after the other within a time: evenly spread, and sooner if so few of them
/// come back at once that nobody is troubled.
class drain_pace {
public:
  using duration = std::chrono::nanoseconds;

  /// What a loop's share of the clients that come back is at least, while there
  /// are any: 20 a second.
  static constexpr auto longest_gap = std::chrono::milliseconds{50};

  drain_pace(std::size_t sessions, duration over);

  /// Never less than before; all of them at the end.
  std::size_t due(duration elapsed) const;

private:
  std::size_t sessions_;
  duration gap_; ///< between two of them; 0: all at once
};

/// Closes the sessions that a loop has, spread over a time so that their
/// clients do not come back all at once. Each continues until its turn comes;
/// its owner is then asked to close it, and has a while for what it has begun.
/// Used on the loop; lives until it is done.
class session_drain : public std::enable_shared_from_this<session_drain> {
public:
  /// How often it looks which are due.
  static constexpr auto step = std::chrono::milliseconds{50};

  /// How long a session may take that is to be closed: the emits of its client
  /// that are under way are answered, and the client takes its leave.
  static constexpr auto close_timeout = std::chrono::seconds{2};

  /// `done` is called when all sessions are over, or could have been: within
  /// `over`, `close_timeout` and a step.
  session_drain(std::shared_ptr<loop> on, std::chrono::milliseconds over,
                std::function<void()> done);

  void start();

private:
  void go_on();

  std::shared_ptr<loop> loop_;
  std::function<void()> done_;
  std::vector<std::weak_ptr<session_io>> sessions_;
  drain_pace pace_;
  steady_timer timer_;
  std::chrono::steady_clock::time_point begin_;
  std::size_t asked_ = 0;
  std::size_t closed_ = 0; ///< of those at the front
};

} // namespace weir::engineio
