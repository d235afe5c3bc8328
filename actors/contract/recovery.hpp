#pragma once

// Sockets that come back, to this node or another.

#include "actors/contract/cluster.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace weir {

/// Whoever holds sockets that can be recovered.
using recoverable_actor = caf::typed_actor<
  // A client may be the socket again that it was, or not.
  caf::result<void>(resume_answered),
  // It is somewhere else now.
  caf::result<void>(take_over)>;

/// SOCKET DIRECTORY of another node.
using socket_peer_actor = caf::typed_actor<
  // A client has come there that was here: its connection is to go.
  caf::result<void>(release_socket),
  // It is gone; or the socket is somewhere else by now.
  caf::result<void>(socket_released)>;

/// SOCKET DIRECTORY: which connection holds which socket that can be recovered.
using socket_directory_actor
  = socket_peer_actor::extend_with<peer_watcher_actor>::extend<
    // A socket is here.
    caf::result<void>(socket_opened),
    // It is not any more.
    caf::result<void>(socket_closed),
    // Its client has come back; answered once the old connection is gone.
    caf::result<void>(resume_socket)>;

/// From CONNECTION to SOCKET DIRECTORY: a socket that can be recovered.
struct socket_opened {
  recoverable_actor owner;
  socket_ptr socket;
  request_lease lease;
};

/// From CONNECTION to SOCKET DIRECTORY: it is gone.
struct socket_closed {
  socket_ptr socket;
  /// The client certainly has an offset that was written then (seconds of the
  /// system's clock); an older one is not its last.
  std::int64_t known = 0;
  request_lease lease;
};

/// From CONNECTION to SOCKET DIRECTORY: a client has come back and wants to be
/// this socket again.
struct resume_socket {
  recoverable_actor owner;
  socket_ptr socket;
  std::int64_t seconds = 0; ///< when its offset was written
  std::string node;         ///< and where, by the node's tag
  request_lease lease;
};

/// From SOCKET DIRECTORY to CONNECTION.
struct resume_answered {
  socket_ptr socket;
  bool granted = false;
};

/// From SOCKET DIRECTORY to CONNECTION: the client is somewhere else now.
struct take_over {
  socket_ptr socket;
};

/// From SOCKET DIRECTORY to that of another node: a client has come back here.
struct release_socket {
  std::uint64_t request = 0; ///< comes back with the answer
  std::string socket_id;
  std::int64_t seconds = 0;
  std::string to; ///< the asking node's tag
};

/// From SOCKET DIRECTORY to that of another node.
struct socket_released {
  std::uint64_t request = 0;
  /// False: the client's offset is not its last.
  bool granted = false;
  /// Tag of the node that had it from here; empty: none.
  std::string moved_to;
};

template <class Inspector>
bool inspect(Inspector& f, release_socket& x) {
  return f.object(x).fields(f.field("request", x.request),
                            f.field("socket_id", x.socket_id),
                            f.field("seconds", x.seconds), f.field("to", x.to));
}

template <class Inspector>
bool inspect(Inspector& f, socket_released& x) {
  return f.object(x).fields(f.field("request", x.request),
                            f.field("granted", x.granted),
                            f.field("moved_to", x.moved_to));
}

} // namespace weir
