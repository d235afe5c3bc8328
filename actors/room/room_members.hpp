#pragma once

#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir {

/// A socket in a room.
struct room_member {
  member_actor handle;
  socket_ptr socket;
  std::uint32_t membership = 0;
};

/// The members of a room. Plain logic.
class room_members {
public:
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  const std::vector<room_member>& all() const { return all_; }

  /// Null: not a member.
  const room_member* find(const socket_ptr& x) const {
    auto i = index_.find(x.get());
    return i == index_.end() ? nullptr : &all_[i->second];
  }

  void add(room_member x) {
    index_[x.socket.get()] = all_.size();
    all_.push_back(std::move(x));
  }

  void remove(const socket_ptr& x) {
    auto i = index_.find(x.get());
    if (i == index_.end())
      return;
    // The order of members means nothing.
    auto at = i->second;
    index_.erase(i);
    if (at + 1 < all_.size()) {
      all_[at] = std::move(all_.back());
      index_[all_[at].socket.get()] = at;
    }
    all_.pop_back();
  }

private:
  std::vector<room_member> all_;
  std::unordered_map<const socket_identity*, std::size_t> index_;
};

} // namespace weir
