#pragma once

// How the node is, and how it stops.

#include "actors/contract/cluster.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "transport/http/admin_request.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

namespace weir {

/// ADMIN: asks everyone for status, and passes on what the operator wants.
using admin_actor = caf::typed_actor<
  // A request of the operator's.
  caf::result<void>(admin_query),
  // The node is about to stop: it is not ready for new clients any more.
  caf::result<void>(drain)>;

/// GATEWAY: the root supervisor; starts, drains and stops the node.
using gateway_actor = peer_watcher_actor::extend<
  // Stop in an orderly way; the gateway's own end is the answer.
  caf::result<void>(drain),
  // No client is connected any more.
  caf::result<void>(clients_gone),
  // The configuration is to be read again: all of it counts, or nothing.
  caf::result<config_reloaded>(reload_config)>;

/// From the admin endpoint to ADMIN.
struct admin_query {
  http::admin_request request;
  http::admin_respond respond;
};

/// From ADMIN, INSPECTOR and TOPIC TAIL.
struct query_status {
  /// Only what makes the node ready or not: partitions and nodes may be many.
  bool is_brief = false;
};

/// From the client side's port to GATEWAY.
struct clients_gone {};

/// From the thread of the signals, or CONTROLLER, to GATEWAY.
struct reload_config {};

/// The answer.
struct config_reloaded {
  std::vector<std::string> changed;  ///< keys
  std::vector<std::string> problems; ///< for which nothing has changed
};

/// From GATEWAY: finish what was begun, take nothing new, and answer.
struct drain {};

} // namespace weir
