#include "actors/socket_rooms.hpp"

#include <algorithm>

namespace weir {

socket_rooms::membership* socket_rooms::find(std::string_view room) {
  auto i = std::find_if(all_.begin(), all_.end(),
                        [&](auto& x) { return x.room == room; });
  return i == all_.end() ? nullptr : &*i;
}

socket_rooms::membership* socket_rooms::find(std::uint64_t id) {
  auto i = std::find_if(all_.begin(), all_.end(),
                        [&](auto& x) { return x.id == id; });
  return i == all_.end() ? nullptr : &*i;
}

socket_rooms::membership& socket_rooms::add(std::string_view room) {
  auto& result = all_.emplace_back();
  result.room = room;
  result.number = ++last_number_;
  return result;
}

void socket_rooms::remove(std::string_view room) {
  std::erase_if(all_, [&](auto& x) { return x.room == room; });
}

} // namespace weir
