#pragma once

#include <string>

namespace weir {

/// Which connections an operator wants to see; what is empty does not matter.
struct connection_filter {
  std::string id;        ///< as `DELETE /v1/connections/{sid}` takes it
  std::string user;      ///< of one of its sockets
  std::string nsp;       ///< it has a socket there
  std::string room;      ///< one of its sockets is in it
  std::string transport; ///< "polling" or "websocket"
  std::string address;   ///< of the client
  bool behind = false;   ///< a socket of its is behind in a room
  bool paused = false;   ///< it is not read
};

} // namespace weir
