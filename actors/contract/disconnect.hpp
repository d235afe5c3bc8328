#pragma once

// Clients that are to go, on whatever node they are.

#include "actors/contract/asked_nodes.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/routes.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// DISCONNECTOR of another node.
using disconnector_peer_actor = caf::typed_actor<
  // Clients are to go from here; how many there were.
  caf::result<disconnected>(disconnect_clients)>;

/// Likewise; earlier versions do not know of users.
using user_disconnector_actor = caf::typed_actor<
  // A user's sockets are to go from here; how many there were.
  caf::result<disconnected>(disconnect_user)>;

/// DISCONNECTOR: sends clients away, on whatever node they are. One per node.
using disconnector_actor = disconnector_peer_actor::
  extend_with<user_disconnector_actor>::extend_with<node_asker_actor>::extend<
    // A user or token is denied: what there is of it here is to go.
    caf::result<void>(deny),
    // Clients are to go from all nodes; how many there were.
    caf::result<disconnected>(disconnect_everywhere),
    // All clients of this node have been looked at.
    caf::result<void>(clients_searched)>;

/// From DISCONNECTOR to that of another node: clients are to go, and not to
/// come back by themselves.
struct disconnect_clients {
  std::string id; ///< of a connection or a socket; empty: the members of a room
  std::string nsp;
  std::string room;
};

/// From DISCONNECTOR to itself on all nodes: all sockets of a user.
struct disconnect_user {
  std::string user;
};

/// The answer to all of these but `disconnect_socket`.
struct disconnected {
  std::uint32_t clients = 0;
  std::vector<std::string> silent; ///< nodes that have not answered
};

/// From the thread that reads the deny topic to DISCONNECTOR: a user, or the id
/// of a token.
struct deny {
  std::string name;
};

/// From ADMIN to DISCONNECTOR.
struct disconnect_everywhere {
  disconnect_clients whom;
  std::string user; ///< empty: those above
};

/// From DISCONNECTOR to ROOM DIRECTORY to ROOM: all members.
struct disconnect_room {
  nsp_index nsp = 0;
  std::string room;
};

/// From ROOM to CONNECTION.
struct disconnect_socket {
  socket_ptr socket;
};

/// From the client side's port to DISCONNECTOR: whoever the search was for is
/// gone, if it was found.
struct clients_searched {
  std::uint64_t search = 0;
  std::uint32_t found = 0;
};

template <class Inspector>
bool inspect(Inspector& f, disconnect_clients& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("nsp", x.nsp),
                            f.field("room", x.room));
}

template <class Inspector>
bool inspect(Inspector& f, disconnect_user& x) {
  return f.object(x).fields(f.field("user", x.user));
}

template <class Inspector>
bool inspect(Inspector& f, disconnected& x) {
  return f.object(x).fields(f.field("clients", x.clients),
                            f.field("silent", x.silent));
}

} // namespace weir
