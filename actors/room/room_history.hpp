#pragma once

#include "actors/contract/participants.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace weir {

/// Where a room's recent records lie, for members to come: they begin behind
/// and catch up (`history` of the mapping). Plain logic, bounded by a number of
/// records.
class room_history {
public:
  explicit room_history(std::size_t max_records) : max_records_(max_records) {}

  /// The next record of the room.
  void add(std::int32_t partition, std::int64_t offset) {
    if (max_records_ == 0)
      return;
    if (records_.size() == max_records_)
      records_.pop_front();
    records_.emplace_back(partition, offset);
  }

  /// What came before all the others.
  void prepend(std::int32_t partition,
               const std::vector<std::int64_t>& offsets) {
    for (auto i = offsets.rbegin(); i != offsets.rend(); ++i)
      if (records_.size() < max_records_)
        records_.emplace_front(partition, *i);
  }

  /// The offsets from here on mean something else now.
  void forget(std::int32_t partition, std::int64_t from) {
    std::erase_if(records_, [&](auto& x) {
      return x.first == partition && x.second >= from;
    });
  }

  /// The oldest of them in each partition.
  positions begin() const {
    positions result;
    for (auto& [partition, offset] : records_)
      result.emplace(partition, offset);
    return result;
  }

private:
  std::size_t max_records_;
  std::deque<std::pair<std::int32_t, std::int64_t>> records_;
};

} // namespace weir
