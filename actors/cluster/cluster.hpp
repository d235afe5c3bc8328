#pragma once

#include "actors/cluster/node_links.hpp"
#include "actors/contract/asked_nodes.hpp"
#include "actors/runtime/io_loop.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir {

struct cluster_node_options {
  /// Who this node is, if it stays alone; `open_links` knows better.
  cluster::hello self;
  std::string live; ///< `live_fingerprint`
  std::vector<std::string> seeds;
  /// A node that is silent for so long is lost (`cluster.timeout`).
  std::chrono::milliseconds timeout{};
  /// Opens the links; empty: this node stays alone. Called within the spawn,
  /// and may throw; what it returns is used on the actor's loop, and ends with
  /// the actor.
  std::function<std::unique_ptr<node_links>(node_links_owner& owner,
                                            const peer_actor& me)>
    open_links;
  /// What other nodes' actors talk to.
  std::map<std::string, caf::strong_actor_ptr> services;
  /// Who is told which nodes are there.
  std::vector<peer_watcher_actor> watchers;
  /// Those of them that ask other nodes: who is told which are missing.
  std::vector<node_asker_actor> askers;
  /// How many clients are connected; called on the actor's loop.
  std::function<std::uint32_t()> connections;
  /// The consumer group, and this node's `client.id` there.
  std::string group;
  std::string client_id;
  /// How long Kafka may take to give a lost node's partitions to others.
  std::chrono::milliseconds handover{};
  /// This node is not in the group, and its clients get nothing here: they are
  /// to go elsewhere. Called on the actor's loop.
  std::function<void()> on_excluded;
};

/// Spawns the CLUSTER: joins this node to the others, says whether it may be in
/// the consumer group, and tells `router` which node's PARTITION CONSUMER to
/// subscribe to. Throws what `open_links` throws.
cluster_actor spawn_cluster(actor_executor executor,
                            cluster_node_options options,
                            partition_router_actor router);

} // namespace weir
