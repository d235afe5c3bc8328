#pragma once

#include <chrono>

namespace weir::kafka {

/// Whether a log that answers from before the position is another log. It need
/// not be: a broker that was cut off may still take itself for the leader, and
/// has not the end of the log. So the position is asked for again, and only
/// when several answers over some time say the same it is confirmed. Plain
/// logic: `partition_queue` asks.
class truncation_detector {
public:
  using clock = std::chrono::steady_clock;

  /// Another leader is known within less: `topic.metadata.refresh.interval.ms`
  /// is 2 s here.
  static constexpr std::chrono::milliseconds confirmed_after{5000};
  static constexpr std::chrono::milliseconds between_questions{300};
  static constexpr int enough_answers = 3;

  enum class step {
    none,
    ask,     ///< for the position once more
    confirm, ///< that the log is another one, and read it from its start
  };

  bool is_open() const { return answers_ > 0; }

  /// An answer from before the position.
  void on_behind(clock::time_point now);

  /// An answer from the position on, or a new position.
  void clear() { *this = {}; }

  /// What is to be done now.
  step next(clock::time_point now);

private:
  clock::time_point since_;
  clock::time_point asked_;
  int answers_ = 0;
  bool answered_ = false; ///< since it was asked
};

} // namespace weir::kafka
