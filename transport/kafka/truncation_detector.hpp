#pragma once

#include <chrono>

namespace weir::kafka {

/// Whether a log that answers from before the position is another log. It need
/// not be: a broker that was cut off, or has just started again, may take itself
/// for the leader that it was, and has not the end of the log. So the position
/// is asked for again, and only when several answers over some time say the same
/// it is confirmed. How long a broker may be wrong nobody knows. But where logs
/// have epochs, one that was cut has a leader with a higher one than who wrote
/// what was read; without such a leader it is confirmed much later, as brokers
/// whose disks were restored from a copy have none either. Plain logic:
/// `partition_queue` asks.
class truncation_detector {
public:
  using clock = std::chrono::steady_clock;

  /// Another leader is known within less: `topic.metadata.refresh.interval.ms`
  /// is 2 s here.
  static constexpr std::chrono::milliseconds confirmed_after{5000};
  static constexpr std::chrono::milliseconds believed_after{60'000};
  static constexpr std::chrono::milliseconds between_questions{300};
  static constexpr int enough_answers = 3;

  enum class step {
    none,
    ask,     ///< for the position once more
    confirm, ///< that the log is another one, and read it from its start
  };

  bool is_open() const { return answers_ > 0; }

  /// For so long that an operator should know of it. Requires: is_open().
  bool is_long(clock::time_point now) const {
    return now - since_ >= confirmed_after;
  }

  /// An answer from before the position.
  void on_behind(clock::time_point now);

  /// The log ends before the position under a leader with a higher epoch than
  /// who wrote what is before it.
  void on_other_leader() { has_other_leader_ = is_open(); }

  /// An answer from the position on, or a new position.
  void clear() { *this = {}; }

  /// What is to be done now. `has_epochs`: the log, and what was read of it.
  step next(clock::time_point now, bool has_epochs);

private:
  std::chrono::milliseconds needed_time(bool has_epochs) const {
    return has_epochs && !has_other_leader_ ? believed_after : confirmed_after;
  }

  clock::time_point since_;
  clock::time_point asked_;
  int answers_ = 0;
  bool answered_ = false; ///< since it was asked
  bool has_other_leader_ = false;
};

} // namespace weir::kafka
