#pragma once

#include "actors/client/room_reader.hpp"
#include "actors/contract/rooms.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One socket's memberships. What is done to one of them costs the same however
/// many there are. Plain logic.
class socket_rooms {
public:
  struct membership {
    std::string room;
    std::uint64_t id = 0; ///< of the room; 0: the join is on its way
    /// Tells a membership from an earlier one of this socket in the room.
    std::uint32_t number = 0;
    std::uint32_t joins = 0;   ///< that the room has yet to answer
    std::uint32_t reads = 0;   ///< how often it has asked for what it missed
    std::uint32_t mapping = 0; ///< its mapping's mark
    bool is_ordered = false;   ///< by an operator, whatever its token says
    room_actor handle;         ///< null while the join is on its way
    std::vector<room_reader> readers; ///< by partition
    /// That the topic had at the join, and has had in this log; 0: not known.
    std::int32_t of_partitions = 0;

    /// Null: it has none in this partition.
    room_reader* find(std::int32_t partition) {
      auto i = std::find_if(readers.begin(), readers.end(), [&](auto& x) {
        return x.partition() == partition;
      });
      return i == readers.end() ? nullptr : &*i;
    }

    /// Its reader of a partition; at `otherwise` when it has none there yet.
    room_reader& in(std::int32_t partition, std::int64_t otherwise) {
      auto* found = find(partition);
      return found ? *found : readers.emplace_back(partition, otherwise);
    }

    /// Whether it is in a log with one of them.
    bool knows_log(kafka::log_id log) const {
      return std::any_of(readers.begin(), readers.end(),
                         [&](auto& x) { return x.log() == log; });
    }

    bool is_behind() const {
      return std::any_of(readers.begin(), readers.end(),
                         [](auto& x) { return x.is_missing(); });
    }
  };

  /// Null: not a member.
  membership* find(std::string_view room);
  membership* find(std::uint64_t id);

  membership& add(std::string_view room);

  /// The room with this id has it.
  void enter(membership& x, std::uint64_t id, room_actor handle);

  void remove(std::string_view room);

  /// To be called when one has fallen behind or caught up.
  void note(membership& x);

  struct earlier {
    bool operator()(const membership* x, const membership* y) const {
      return x->number < y->number;
    }
  };

  /// Those that are behind, the oldest first.
  using in_order = std::set<membership*, earlier>;
  const in_order& behind() const { return behind_; }

  std::size_t size() const { return all_.size(); }

  /// By name; memberships stay where they are until they are removed.
  using by_name = std::map<std::string_view, std::unique_ptr<membership>>;
  const by_name& all() const { return all_; }

private:
  by_name all_;
  std::map<std::uint64_t, membership*> by_id_;
  in_order behind_;
  std::uint32_t last_number_ = 0;
};

} // namespace weir
