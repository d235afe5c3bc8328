#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One socket's memberships. Few per socket, so a list; plain logic.
class socket_rooms {
public:
  struct membership {
    std::string room;
    std::uint64_t id = 0; ///< of the room; 0: the join is on its way
    /// Tells a membership from an earlier one of this socket in the room.
    std::uint32_t number = 0;
  };

  /// Null: not a member.
  membership* find(std::string_view room);
  membership* find(std::uint64_t id);

  membership& add(std::string_view room);
  void remove(std::string_view room);

  std::size_t size() const { return all_.size(); }
  const std::vector<membership>& all() const { return all_; }

private:
  std::vector<membership> all_;
  std::uint32_t last_number_ = 0;
};

} // namespace weir
