// What an operator has a socket do, whatever its client may do by itself.

#include "actors/client/client_socket.hpp"
#include "actors/runtime/caf_compat.hpp"

namespace weir {

std::string client_socket::follow(const socket_order& x) {
  switch (x.what) {
    case socket_order::kind::join:
      return join_by_order(x.room);
    case socket_order::kind::leave:
      return leave_by_order(x.room);
    default:
      return take(x);
  }
}

/// As a local event: a client that leaves too much unread does not get it.
std::string client_socket::take(const socket_order& x) {
  if (!host.fits(x.event.size() + x.args.size()))
    return "a client has too much unread: it does not get the event";
  send_event(x.event, x.args);
  return {};
}

std::string client_socket::join_by_order(const std::string& room) {
  if (room.size() > host.context->limits.room_name)
    return "the room's name is longer than limits.room_name";
  auto* route = rules->mapping_of(room);
  if (route == nullptr)
    return "no mapping of " + nsp() + " has such a room";
  if (rooms.find(room) == nullptr) {
    if (rooms.size() >= host.context->limits.rooms_per_socket)
      return "a socket is in as many rooms as limits.rooms_per_socket allows";
    join(room, {});
  }
  rooms.find(room)->is_ordered = true;
  return {};
}

std::string client_socket::leave_by_order(const std::string& room) {
  host.call_joins_off(*this, room, has_left);
  if (rooms.find(room) != nullptr)
    end_membership(room, "operator",
                   {emit_errc::not_allowed, "an operator has ended it"});
  return {};
}

} // namespace weir
