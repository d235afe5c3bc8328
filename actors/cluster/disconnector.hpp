#pragma once

#include "actors/contract/disconnect.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/contract/routes.hpp"
#include "actors/runtime/io_loop.hpp"
#include "transport/engineio/unwanted.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace weir {

/// What CLUSTER calls it among a node's services.
inline constexpr std::string_view disconnector_service = "disconnector";

/// Likewise, for users.
inline constexpr std::string_view user_disconnector_service
  = "user_disconnector";

/// A node that has not answered within this time is named as silent.
inline constexpr auto disconnect_patience = std::chrono::seconds{2};

struct disconnector_options {
  std::string node; ///< this one's name
  routes_ptr rules;
  room_directory_actor directory;
  /// `http::client_server::disconnect`.
  std::function<void(engineio::unwanted whom,
                     std::function<void(std::size_t found)> done)>
    disconnect;
};

/// Spawns the DISCONNECTOR. Clients are told as Socket.IO's own servers tell
/// them ("io server disconnect"), after which official ones do not come back by
/// themselves, and no offset brings their sockets back.
///
/// An id may be a connection's or a socket's: a socket that has come back keeps
/// its id on whatever node and loop it is, so that all have to look.
disconnector_actor spawn_disconnector(actor_executor executor,
                                      disconnector_options x);

} // namespace weir
