#pragma once

// What an operator wants done, on one node or on all.

#include "actors/contract/asked_nodes.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "schemas/status_codec.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The service of a node that takes `operator_action`.
inline constexpr std::string_view controller_service = "controller";

/// CONTROLLER of another node.
using controller_peer_actor = caf::typed_actor<
  // Something is to be done on this node. The answer's bytes are
  // `schemas::action_status`.
  caf::result<status_part>(operator_action)>;

/// CONTROLLER: does what an operator wants. One per node.
using controller_actor = controller_peer_actor::extend_with<node_asker_actor>::
  extend_with<emitter_actor>::extend<
    // Those who do it here; once, before anything is to be done.
    caf::result<void>(controlled_actors),
    // There are other mappings.
    caf::result<void>(use_routes),
    // Something is to be done here and on others.
    caf::result<actions_answered>(act_on_nodes),
    // An event is to be stored.
    caf::result<event_published>(publish_event)>;

/// From GATEWAY to CONTROLLER.
struct controlled_actors {
  std::vector<connection_census_actor> censuses; ///< of each loop
  inbound_router_actor router;                   ///< of some loop
};

/// From CONTROLLER to itself on all nodes: a path of the admin endpoint's, with
/// query and body, as the operator has sent them. (So that a later version can
/// do more by the same message.)
struct operator_action {
  std::string path;
  std::string query;
  std::string body;
};

/// From ADMIN to CONTROLLER.
struct act_on_nodes {
  operator_action action;
  /// As `ask_nodes::node`.
  std::optional<std::string> node;
};

/// The answer.
struct actions_answered {
  schemas::action_status sum;
  /// Names of all nodes, where the one that is meant is none of them.
  std::vector<std::string> known;
  std::vector<std::string> down{}; ///< as `nodes_answered::down`
};

// -- sockets ------------------------------------------------------------------

/// From CONTROLLER to CONNECTION CENSUS: what sockets are to get or do.
struct socket_order {
  enum class kind : std::uint8_t { emit, join, leave };

  kind what = kind::emit;
  std::string id;   ///< of a connection or a socket; empty: of any
  std::string user; ///< empty: any
  std::string nsp;  ///< empty: "/", or whichever a socket with that id is in
  std::string
    room; ///< of an emit: they are in it, or it is empty: they need not
  std::string event{}; ///< of an emit
  std::string args{}; ///< likewise: JSON values with commas between them; valid
};

/// The answer.
struct order_done {
  std::uint32_t sockets = 0;
  std::string problem{}; ///< of one that could not; empty: all could
};

// -- records ------------------------------------------------------------------

/// From ADMIN to CONTROLLER.
struct publish_event {
  std::string nsp;
  std::string room;
  std::string event;
  std::string args; ///< JSON values with commas between them; valid
};

/// The answer.
struct event_published {
  emit_errc error = emit_errc::none;
  std::string message{};
  std::string topic{};
  std::int32_t partition = -1;
  std::int64_t offset = -1;
};

template <class Inspector>
bool inspect(Inspector& f, operator_action& x) {
  return f.object(x).fields(f.field("path", x.path), f.field("query", x.query),
                            f.field("body", x.body));
}

} // namespace weir
