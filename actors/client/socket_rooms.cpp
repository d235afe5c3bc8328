#include "actors/client/socket_rooms.hpp"

#include <utility>

namespace weir {

socket_rooms::membership* socket_rooms::find(std::string_view room) {
  auto i = all_.find(room);
  return i == all_.end() ? nullptr : i->second.get();
}

socket_rooms::membership* socket_rooms::find(std::uint64_t id) {
  auto i = by_id_.find(id);
  return i == by_id_.end() ? nullptr : i->second;
}

socket_rooms::membership& socket_rooms::add(std::string_view room) {
  if (auto* found = find(room))
    return *found;
  auto x = std::make_unique<membership>();
  x->room = room;
  x->number = ++last_number_;
  std::string_view name = x->room;
  return *all_.emplace(name, std::move(x)).first->second;
}

void socket_rooms::enter(membership& x, std::uint64_t id, room_actor handle) {
  by_id_.erase(x.id);
  by_id_[id] = &x;
  x.id = id;
  x.handle = std::move(handle);
}

void socket_rooms::remove(std::string_view room) {
  auto i = all_.find(room);
  if (i == all_.end())
    return;
  behind_.erase(i->second.get());
  by_id_.erase(i->second->id);
  all_.erase(i);
}

void socket_rooms::note(membership& x) {
  if (x.is_behind())
    behind_.insert(&x);
  else
    behind_.erase(&x);
}

} // namespace weir
