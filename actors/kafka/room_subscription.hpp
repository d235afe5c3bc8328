#pragma once

#include "actors/contract/delivery.hpp"
#include "actors/contract/rooms.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace weir {

/// A room that wants the records of a key. Its join is answered when the key's
/// own partition has said from where on it serves the key, and of all others it
/// is known where we are: their records of that key come anyhow.
struct room_subscription {
  room_actor room;
  std::uint64_t number = 0; ///< in the order in which the topic's rooms came
  room_complete answer;
  std::uint32_t asked = 0; ///< the answer that is ours, of those to the key
  bool answered = false;   ///< by the key's own partition
  bool complete = false;
  std::string unreachable; ///< as it was reported
  std::string problem;     ///< likewise

  /// The partition's log has lost what was there from `at` on.
  void go_back(std::int32_t partition, std::int64_t at) {
    auto from = answer.from.find(partition);
    if (from == answer.from.end())
      return;
    from->second = std::min(from->second, at);
    answer.log = {}; // maybe another one: it is in what is shared
    answer.log_end[partition] = at;
    answer.history.erase(partition);
  }
};

} // namespace weir
