#pragma once

#include "actors/contract/emit.hpp"
#include "actors/contract/routes.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/tracer.hpp"

#include <cstddef>
#include <limits>
#include <string>

namespace weir {

struct inbound_router_options {
  /// Of the node's start: namespaces stay as they are, and an emit brings the
  /// mappings that its connection has.
  routes_ptr rules;
  /// In `ce_source`: /weir/<cluster>/<namespace>.
  std::string cluster;
  /// Begins every `ce_id` of this router; unique among all that ever ran.
  std::string id_prefix;
  /// By `event_size`: what members could not be sent is not taken.
  std::size_t max_event = std::numeric_limits<std::size_t>::max();
  tracer_ptr traces{}; ///< null: nothing is traced
};

/// Spawns an INBOUND ROUTER. One per I/O loop: it shares the loop with the
/// connections it serves and with its producer, so that an emit changes threads
/// only within librdkafka.
inbound_router_actor spawn_inbound_router(actor_executor executor,
                                          inbound_router_options options,
                                          producer_actor producer);

} // namespace weir
