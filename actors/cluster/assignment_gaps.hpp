#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace weir {

/// Whether this node is to have its consumer group assign its partitions again,
/// as some of them were given to nobody. It is up to the group's leader to
/// notice that a topic has more partitions than were assigned; a node that was
/// killed comes back with the partitions that it had, and does not know that it
/// leads (KIP-814), so that nobody may notice. Plain logic; time is handed in.
///
/// Members see the same, and one of them suffices: they begin a description
/// apart, in the order of their ranks. Where that does not help, they ask less
/// and less often.
class assignment_gaps {
public:
  using instant = std::chrono::steady_clock::time_point;
  using duration = std::chrono::milliseconds;

  static constexpr duration shortest_pause{5'000};
  static constexpr duration longest_pause{300'000};

  /// The group has been described and is not rebalancing. `rank`: of this node
  /// among the members, from 0.
  bool on_described(bool has_gaps, std::size_t rank, instant now) {
    if (!has_gaps) {
      *this = {};
      return false;
    }
    if (now < not_before_ || seen_++ < rank)
      return false;
    seen_ = 0;
    not_before_ = now + pause_;
    pause_ = std::min(2 * pause_, longest_pause);
    return true;
  }

private:
  std::size_t seen_ = 0; ///< descriptions with gaps, in a row
  duration pause_ = shortest_pause;
  instant not_before_ = instant::min();
};

} // namespace weir
