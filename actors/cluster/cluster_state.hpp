#pragma once

// CLUSTER's state; the parts of it lie in
//
//   cluster.cpp         its life: the start, the tick, and how it leaves
//   cluster_peers.cpp   links to other nodes, who comes by them and goes
//   cluster_news.cpp    what nodes tell each other of themselves
//   cluster_claims.cpp  which node reads which partition
//   cluster_interim.cpp who reads what a node had that is gone
//   cluster_group.cpp   what Kafka's group knows, and whether to be in it
//   cluster_status.cpp  what an operator sees of it

#include "actors/cluster/cluster.hpp"
#include "actors/cluster/group_standing.hpp"
#include "actors/cluster/interim_log.hpp"
#include "actors/cluster/interim_readers.hpp"
#include "actors/cluster/link_failures.hpp"
#include "actors/cluster/membership.hpp"
#include "actors/cluster/ownership_table.hpp"
#include "actors/cluster/pending_claims.hpp"
#include "actors/cluster/reach_log.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/once_per_turn.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Plain logic decides; here it is tied to messages, links, and timers.
struct cluster_state : node_links_owner {
  static inline const char* name = "weir.cluster";

  /// A node at the other end of a link.
  struct peer {
    std::string node;
    std::uint64_t incarnation = 0;
    peer_actor handle;
    bool has_greeted = false;
    bool knows_interim = false;   ///< it has `interim_service`
    bool knows_mappings = false;  ///< likewise `mappings_service`
    bool knows_readiness = false; ///< likewise `readiness_service`
    /// What it has said of itself.
    bool is_available = false;
    std::set<kafka::topic_partition> interim;
    std::string live; ///< likewise (`live_fingerprint`); empty: nothing yet
    std::optional<schemas::readiness> readiness; ///< likewise
  };

  cluster_state(cluster_actor::pointer self, cluster_node_options given,
                partition_router_actor router);
  cluster_actor::behavior_type make_behavior();
  caf::actor_addr sender() const;
  membership::instant now() const;
  void schedule_tick();
  void on_tick();
  caf::result<void> on_drain();
  void on_told(const caf::actor_addr& who);

  // -- links ------------------------------------------------------------------

  void dial();
  std::string admit(const cluster::hello& x, bool dialed) override;
  void on_dialed(const std::string& address, const cluster::hello& x,
                 const peer_actor& handle) override;
  void on_failed(const cluster::failed_link& x) override;

  // -- peers ------------------------------------------------------------------

  peer& add(peer x);
  peer_greeting greeting();
  void on_greeting(peer_greeting greeting);
  void on_leaving(const caf::actor_addr& from);
  void on_down(const caf::actor_addr& who, const caf::error& reason);
  void drop(std::map<caf::actor_addr, peer>::iterator i, std::string why);
  void tell_missing();

  template <class Message>
  void tell_peers(const Message& x) {
    for (auto& [address, y] : peers)
      tell(self, y.handle, x);
  }

  // -- which nodes there are --------------------------------------------------

  void gossip();
  void on_addresses(const addresses_known& x);

  // -- what they carry --------------------------------------------------------

  node_load load() const;
  void on_load(const node_load& x, const caf::actor_addr& from);

  // -- what may change --------------------------------------------------------

  void on_mappings(mappings_used x, const caf::actor_addr& from);
  void on_config(use_config x);

  // -- readiness --------------------------------------------------------------

  void on_readiness(schemas::readiness x);
  void tell_readiness(const peer& to);
  void on_readiness_of(const caf::actor_addr& from, node_readiness x);

  // -- ownership --------------------------------------------------------------

  void on_assigned(const partition_assigned& x);
  void on_revoked(const partition_revoked& x);
  void note_added(const partition_assigned& x);
  void note_removed(const partition_revoked& x);
  void on_changes();
  void tell_changes();
  void on_claims(const claims_changed& x, const caf::actor_addr& from);
  void take(const std::string& node, const partition_assigned& x,
            bool is_interim);
  void give(const std::string& node, const partition_revoked& x, bool is_gone);
  void drop_claim(const std::string& node, const kafka::topic_partition& x);
  void vacate_all(const std::string& node);
  void change(const ownership_table::change& x);
  void note_readers(const kafka::topic_partition& x);
  static partition_assigned to_message(const ownership_table::claimed& x);

  // -- topics that are new ----------------------------------------------------

  caf::result<void> on_await_readers(await_readers x);
  void answer_await();

  // -- partitions of nodes that are gone --------------------------------------

  void on_interim_state(const interim_state& x, const caf::actor_addr& from);
  void on_interim_assigned(const partition_assigned& x);
  void on_interim_revoked(const partition_revoked& x);
  void on_group_leaving();
  bool is_available() const;
  void update_interim();
  std::set<std::string> available_peers() const;
  void look_again(std::optional<membership::instant> at);
  interim_state state_of_interim() const;
  void tell_interim_state();
  void tell_interim_claims(const peer& to);

  // -- the consumer group -----------------------------------------------------

  void on_topic_known(const topic_known& x);
  group_order on_report(const group_report& x);
  known_nodes nodes() const;
  void check_reach();

  // -- operation --------------------------------------------------------------

  cluster_status brief() const;
  cluster_status status() const;
  void show_what_it_said(schemas::node_status& to) const;
  schemas::node_status
  status_of(const std::string& node, std::uint64_t incarnation,
            std::string_view state, const std::string& address) const;

  cluster_actor::pointer self;
  cluster_node_options options;
  partition_router_actor router;
  membership members{{}, {}, {}};
  ownership_table ownership;
  group_standing standing{{}};
  reach_log reach;
  bool is_excluded = false;
  interim_readers interim{{}};
  interim_log interim_reports;
  interim_reader_actor reader;              ///< CONSUMER GROUP; null: not yet
  std::set<kafka::topic_partition> ordered; ///< of it
  interim_state reported;                   ///< to peers, the last one
  pending_claims changes;                   ///< peers have yet to hear of them
  once_per_turn after_changes;
  std::optional<membership::instant> looks_at;
  bool has_left_group = false;                 ///< permanently
  std::optional<schemas::readiness> readiness; ///< of this node
  std::set<std::string> awaited;               ///< topics
  caf::typed_response_promise<void> when_read;
  std::map<caf::actor_addr, peer> peers;
  std::vector<std::string> missing; ///< as told the last time
  caf::actor_addr last_notified;    ///< by `gossip`
  link_failures failures;
  bool leaving = false;
  caf::typed_response_promise<void> farewell; ///< of `drain`
  std::set<caf::actor_addr> untold;           ///< who has yet to know of it
  std::unique_ptr<node_links> links;          ///< ends first: it calls us
};

} // namespace weir
