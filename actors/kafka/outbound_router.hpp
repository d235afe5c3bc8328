#pragma once

#include "actors/contract/delivery.hpp"
#include "actors/runtime/io_loop.hpp"

#include <cstddef>

namespace weir {

/// Spawns the node's OUTBOUND ROUTER. It subscribes to every partition with
/// the keys of this node's rooms and `credit` bytes each; a batch's bytes are
/// free again when its rooms and all their members have handled it. All replays
/// together have `replays` bytes.
outbound_router_actor spawn_outbound_router(actor_executor executor,
                                            std::size_t credit,
                                            std::size_t replays);

} // namespace weir
