#pragma once

#include "transport/cluster/hello.hpp"
#include "transport/cluster/native_socket.hpp"
#include "transport/cluster/refusal.hpp"

#include <optional>
#include <string>

namespace weir::cluster {

/// A connection whose ends have admitted each other; what comes next on it is
/// its owner's. The socket does not block and does not delay what is written.
struct link {
  native_socket socket;
  hello peer;
  /// By this node; false: by the peer.
  bool dialed = false;
  /// That was dialed, or where the peer's connection came from.
  std::string address;
};

/// An attempt that has not become a link.
struct failed_link {
  bool dialed = false;
  /// As in `link`.
  std::string address;
  /// Who was there, if it said so; not proved.
  std::optional<hello> peer;
  /// Its code is `none` where nobody refused: the sentence then says what went
  /// wrong.
  refusal reason;
  /// Whether the peer refused, or this node.
  bool by_peer = false;
};

} // namespace weir::cluster
