#pragma once

#include "actors/kafka/room_subscription.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir {

/// Which of a batch's records go to which rooms: collected record by record,
/// and then taken, rooms in the order of their first record. Plain logic; used
/// again for each batch. Rooms stay where they are until it is taken.
class batch_slices {
public:
  struct slice {
    const room_actor* room;
    std::vector<std::uint32_t> begins; ///< of its records, in the batch
  };

  /// These rooms are told of the batch, whether it has records of theirs or not.
  void add(const std::vector<room_subscription>& rooms) {
    for (auto& x : rooms)
      slice_of(x);
  }

  /// A record of theirs begins there.
  void add(const std::vector<room_subscription>& rooms, std::size_t at) {
    for (auto& x : rooms)
      slice_of(x).begins.push_back(static_cast<std::uint32_t>(at));
  }

  /// Calls `f` with each slice; then there are none.
  template <class F>
  void take_all(F f) {
    for (auto& x : slices_)
      f(std::move(x));
    slices_.clear();
    index_.clear();
  }

private:
  slice& slice_of(const room_subscription& x) {
    auto [i, is_new] = index_.emplace(x.number, slices_.size());
    if (is_new)
      slices_.push_back({&x.room, {}});
    return slices_[i->second];
  }

  std::vector<slice> slices_;
  std::unordered_map<std::uint64_t, std::size_t> index_; ///< by room's number
};

} // namespace weir
