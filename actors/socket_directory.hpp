#pragma once

#include "actors/interfaces.hpp"
#include "actors/io_loop.hpp"

namespace weir {

/// Spawns the SOCKET DIRECTORY: it sees to it that a socket is on one
/// connection only. Who comes back waits until the old connection, should it
/// still seem to be there, is closed; and an offset that is older than what its
/// client is known to have is refused (for as long as `recent_sockets`
/// remembers it).
socket_directory_actor spawn_socket_directory(actor_home home);

} // namespace weir
