#pragma once

// What nodes tell each other about themselves.

#include "actors/contract/node_readiness.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "schemas/listing_rows.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The service of a node that reads partitions for the time being, and takes
/// `interim_state`.
inline constexpr std::string_view interim_service = "interim";

/// The service of a node whose mappings change while it runs, and which takes
/// `mappings_used`.
inline constexpr std::string_view mappings_service = "mappings";

/// CLUSTER of another node. What is said arrives in order, for as long as the
/// link holds.
using peer_actor = caf::typed_actor<
  // The first message over a link: who is there, and what it reads.
  caf::result<void>(peer_greeting),
  // It reads other partitions now.
  caf::result<void>(claims_changed),
  // Where further nodes are.
  caf::result<void>(addresses_known),
  // A sign of life, with what the node carries.
  caf::result<void>(node_load),
  // It leaves on purpose.
  caf::result<void>(node_leaving),
  // What it reads for the time being; not for nodes of earlier versions.
  caf::result<void>(interim_state),
  // By which mappings it works; likewise.
  caf::result<void>(mappings_used),
  // Whether it is ready; likewise.
  caf::result<void>(node_readiness)>;

/// Whoever talks to its like on other nodes.
using peer_watcher_actor = caf::typed_actor<
  // A node is there, with its actors that others talk to.
  caf::result<void>(peer_joined),
  // It is not any more.
  caf::result<void>(peer_gone)>;

/// CLUSTER: which nodes there are, and which of them reads which partition.
using cluster_actor = peer_actor::extend_with<group_keeper_actor>::extend<
  // Who is there, how is it?
  caf::result<cluster_status>(query_status),
  // This node has another configuration.
  caf::result<void>(use_config),
  // It is ready, or not any more.
  caf::result<void>(readiness_known),
  // Answers once these topics have readers.
  caf::result<void>(await_readers),
  // Tells the others that this node leaves.
  caf::result<void>(drain)>;

/// From CLUSTER to CLUSTER of another node, once over each link, from both
/// sides; the dialing one begins. Claims that change later follow it.
struct peer_greeting {
  std::string node;
  std::uint64_t incarnation = 0;
  peer_actor from;
  std::vector<partition_assigned> claims;
  /// It has no other link: it wants to know where the others are.
  bool is_alone = false;
  /// Its actors that others talk to, by what they do. (A map, so that a later
  /// version can add one.)
  std::map<std::string, caf::strong_actor_ptr> services;
};

/// From CLUSTER to CLUSTER of another node.
struct claims_changed {
  std::vector<partition_assigned> added;
  std::vector<partition_revoked> removed;
};

/// From CLUSTER to CLUSTER of another node: to one that is alone, and from time
/// to time to each in turn.
struct addresses_known {
  std::vector<std::string> addresses; ///< of the nodes that it is linked to
};

/// From CLUSTER to CLUSTER of another node, four times per `cluster.timeout`.
struct node_load {
  std::uint32_t connections = 0;
  std::uint32_t partitions = 0;
};

/// From CLUSTER to CLUSTER of another node: the link's end is no failure.
struct node_leaving {};

/// From CLUSTER to CLUSTER of another node that has `interim_service`, whenever
/// it changes, and before a claim that it is about.
struct interim_state {
  /// The node reads for the time being what somebody has to; otherwise it is
  /// about to leave the group, or out of it, and its partitions go to others.
  bool is_available = true;
  /// Those of its claims that are not by the consumer group, by topic.
  std::map<std::string, std::vector<std::int32_t>> partitions;
};

/// From CLUSTER to CLUSTER of another node that has `mappings_service`, once
/// over each link, and whenever they change: mappings, and what else may differ
/// while nodes are reloaded.
struct mappings_used {
  std::string fingerprint; ///< `live_fingerprint`
};

/// From GATEWAY to CLUSTER.
struct use_config {
  std::string fingerprint; ///< `config_fingerprint`
  std::string live;        ///< `live_fingerprint`
};

/// From GATEWAY to CLUSTER: answered when some node, be it this one, reads each
/// partition of these topics. A later one is in place of it.
struct await_readers {
  std::set<std::string> topics;
};

/// From CLUSTER to this node's actors that talk to their like.
struct peer_joined {
  std::string node;
  std::string tag; ///< `node_tag(node)`
  std::map<std::string, caf::strong_actor_ptr> services;
};

/// From CLUSTER to the same actors.
struct peer_gone {
  std::string node;
  std::string tag;
};

/// What CLUSTER answers to `query_status`.
struct cluster_status {
  std::vector<schemas::node_status> nodes; ///< this one first; in brief: none
  std::vector<std::string> reasons; ///< why clients do not get everything here
};

template <class Inspector>
bool inspect(Inspector& f, peer_greeting& x) {
  return f.object(x).fields(
    f.field("node", x.node), f.field("incarnation", x.incarnation),
    f.field("from", x.from), f.field("claims", x.claims),
    f.field("is_alone", x.is_alone), f.field("services", x.services));
}

template <class Inspector>
bool inspect(Inspector& f, claims_changed& x) {
  return f.object(x).fields(f.field("added", x.added),
                            f.field("removed", x.removed));
}

template <class Inspector>
bool inspect(Inspector& f, addresses_known& x) {
  return f.object(x).fields(f.field("addresses", x.addresses));
}

template <class Inspector>
bool inspect(Inspector& f, node_load& x) {
  return f.object(x).fields(f.field("connections", x.connections),
                            f.field("partitions", x.partitions));
}

template <class Inspector>
bool inspect(Inspector& f, node_leaving& x) {
  return f.object(x).fields();
}

template <class Inspector>
bool inspect(Inspector& f, mappings_used& x) {
  return f.object(x).fields(f.field("fingerprint", x.fingerprint));
}

template <class Inspector>
bool inspect(Inspector& f, interim_state& x) {
  return f.object(x).fields(f.field("is_available", x.is_available),
                            f.field("partitions", x.partitions));
}

} // namespace weir
