#pragma once

#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace weir {

/// A socket in a room, and where it is if it is behind.
struct room_member {
  member_actor handle;
  socket_ptr socket;
  std::uint32_t membership = 0;
  std::uint32_t request = 0; ///< the last `catch_up` of its
  /// Partitions whose live events it does not get, with the next offset that
  /// it wants of each.
  positions behind;
  /// Bytes that it takes of what it has missed.
  std::int64_t budget = 0;
  /// The room's count of bytes when it had nothing to catch up on.
  std::uint64_t live_bytes_when_current = 0;

  bool is_behind() const { return !behind.empty(); }

  /// Whether a replay that is at `at` has something for it.
  bool waits_at(std::int32_t partition, std::int64_t at) const {
    auto i = behind.find(partition);
    return budget > 0 && i != behind.end() && i->second >= at;
  }
};

/// The members of a room. Plain logic. Members that are behind can be found
/// without looking at the others: rooms are large, and those few.
class room_members {
public:
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  const std::vector<room_member>& all() const { return all_; }
  std::size_t behind() const { return behind_.size(); }

  /// Null: not a member.
  room_member* find(const socket_ptr& x) { return find(x.get()); }

  room_member& add(room_member x) {
    index_[x.socket.get()] = all_.size();
    all_.push_back(std::move(x));
    return all_.back();
  }

  void remove(const socket_ptr& x) {
    auto i = index_.find(x.get());
    if (i == index_.end())
      return;
    // The order of members means nothing.
    auto at = i->second;
    index_.erase(i);
    behind_.erase(x.get());
    if (at + 1 < all_.size()) {
      all_[at] = std::move(all_.back());
      index_[all_[at].socket.get()] = at;
    }
    all_.pop_back();
  }

  /// To be called when it has fallen behind or caught up.
  void note(const room_member& x) {
    if (x.is_behind())
      behind_.insert(x.socket.get());
    else
      behind_.erase(x.socket.get());
  }

  /// Calls `f` with every member that is behind; `f` may call `note`.
  template <class F>
  void each_behind(F f) {
    std::vector<const socket_identity*> some{behind_.begin(), behind_.end()};
    for (auto* x : some)
      if (auto* found = find(x))
        f(*found);
  }

  /// Calls `f` with at most so many of them.
  template <class F>
  void each_behind(std::size_t most, F f) const {
    for (auto* x : behind_) {
      if (most-- == 0)
        return;
      f(all_[index_.at(x)]);
    }
  }

private:
  room_member* find(const socket_identity* x) {
    auto i = index_.find(x);
    return i == index_.end() ? nullptr : &all_[i->second];
  }

  std::vector<room_member> all_;
  std::unordered_map<const socket_identity*, std::size_t> index_;
  std::unordered_set<const socket_identity*> behind_;
};

} // namespace weir
