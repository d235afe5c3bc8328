#pragma once

#include "schemas/server_rows.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace weir {

/// Some of the events that a loop's clients send and are sent, for operators who
/// watch: as long as somebody has asked of late, and no more than so many in a
/// second. Whoever asks again within `life_time` gets each. It is used on that
/// loop alone. Plain logic.
class event_sample {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds life_time{5};
  static constexpr std::size_t most_per_second = 25; ///< of each direction
  /// Of an event's JSON; of a longer one only its name is kept.
  static constexpr std::size_t most_bytes = 1024;

  /// Somebody watches; for `life_time` nothing more needs to be said.
  void watch(time_point now);

  /// Otherwise nothing is added, which costs nothing.
  bool is_watched() const { return is_watched_; }

  /// `json`: an array, with the event's name and its arguments. Requires: it is
  /// watched.
  void add(schemas::seen_direction direction, std::string_view nsp,
           std::string_view socket, std::string_view json, time_point now);

  /// The oldest first; with what they hold, or only with their names.
  std::vector<schemas::seen_event> latest(time_point now, bool with_args) const;

  /// Since the beginning, those that were too many.
  std::uint64_t left_out() const { return left_out_; }

private:
  struct entry {
    schemas::seen_event what;
    std::size_t bytes; ///< of its JSON
    time_point when;
  };

  /// Of one direction, in the current second.
  struct budget {
    time_point begin{};
    std::size_t used = 0;
  };

  bool spend(schemas::seen_direction direction, time_point now);

  bool is_watched_ = false;
  time_point until_{};
  budget budgets_[2];
  std::deque<entry> all_;
  std::uint64_t left_out_ = 0;
};

} // namespace weir
