#pragma once

#include "actors/contract/log_key.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/room/room_partitions.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

/// A member that has begun where the node has yet to come.
struct ahead_member {
  socket_ptr socket;
  member_actor member;
  std::int32_t partition;
  std::int64_t next;
  named_log log; ///< of `next`
};

/// Those of a room. Plain logic. When the log turns out to have been cut below
/// where they are, nothing that comes tells them so.
class members_ahead {
public:
  void add(ahead_member x) { all_.push_back(std::move(x)); }

  void remove(const socket_ptr& socket) {
    std::erase_if(all_, [&](auto& x) { return x.socket == socket; });
  }

  /// A log was cut, which those beyond are told of.
  void cut(std::int32_t partition, std::int64_t at) {
    std::erase_if(all_, [&](auto& x) {
      return x.partition == partition && x.next > at;
    });
  }

  /// Takes out those whose position the node has come to, who are told by what
  /// comes; and those who were in what the log has lost: calls `f` with each of
  /// them and where to go back to, once that is known.
  template <class F>
  void look_after(const room_partitions& partitions, F f) {
    std::erase_if(all_, [&](auto& x) {
      if (partitions.log_of(x.partition) != x.log.log)
        return true;
      auto in_doubt = partitions.is_in_doubt(x.partition, x.next,
                                             x.log.leader_epoch);
      auto at = in_doubt ? std::nullopt
                         : partitions.way_back(x.partition, x.next,
                                               x.log.leader_epoch);
      if (at)
        f(x, *at);
      return at || partitions.next_of(x.partition) >= x.next;
    });
  }

private:
  std::vector<ahead_member> all_;
};

} // namespace weir
