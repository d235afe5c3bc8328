#pragma once

#include "actors/contract/recovery.hpp"
#include "actors/runtime/io_loop.hpp"
#include "config/options/limits.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// What CLUSTER calls it among a node's services.
inline constexpr std::string_view socket_service = "sockets";

/// Spawns the SOCKET DIRECTORY: it sees to it that a socket is on one
/// connection only, on all nodes. Who comes back waits until the old
/// connection, should it still seem to be there, is closed; and an offset that
/// is older than what its client is known to have is refused (for as long as
/// the socket is among the last `remembered` that were closed).
///
/// An offset names the node that wrote it. That node is asked to let the socket
/// go, and tells where it has gone if it is not there any more; one that is not
/// linked has no say. `node` is the tag of this one.
socket_directory_actor
spawn_socket_directory(actor_executor executor, std::string node = {},
                       std::size_t remembered
                       = limits_options{}.recent_sockets);

} // namespace weir
