// What an operator wants of a connection's sockets.

#include "actors/client/connection_state.hpp"

namespace weir {

namespace {

/// Where it has to be in the room for that.
bool is_where_it_must_be(const client_socket& socket, const socket_order& x) {
  using enum socket_order::kind;
  if (x.what == join || x.room.empty())
    return true;
  auto& all = socket.rooms.all();
  auto i = all.find(x.room);
  return i != all.end() && (x.what == leave || i->second->id != 0);
}

/// One on its way back has not been answered yet, and is left alone.
bool is_meant(const connection_view& view, const client_socket& socket,
              const socket_order& x) {
  auto is_named = !x.id.empty() && socket.identity->id == x.id;
  auto is_main = x.nsp.empty() && !is_named; // the namespace where none is said
  auto nsp = is_main ? std::string_view{"/"} : std::string_view{x.nsp};
  return !socket.resuming && (x.id.empty() || is_named || view.is_called(x.id))
         && (nsp.empty() || socket.nsp() == nsp)
         && (x.user.empty() || socket.identity->user == x.user)
         && is_where_it_must_be(socket, x);
}

} // namespace

order_done connection_view::follow(const socket_order& x) {
  order_done result;
  for (auto& socket : of_.sockets) {
    if (!is_meant(*this, socket, x))
      continue;
    auto problem = socket.follow(x);
    if (problem.empty())
      ++result.sockets;
    else
      result.problem = std::move(problem);
  }
  return result;
}

} // namespace weir
