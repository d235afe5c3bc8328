#pragma once

#include "actors/cluster/cluster.hpp"
#include "actors/contract/asked_nodes.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/records.hpp"
#include "tests/actors/cluster/cluster_link_end.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// Some nodes, and a network between them that can be cut.
struct cluster_fixture : deterministic_actor_system {
  using texts = std::vector<std::string>;

  static constexpr auto timeout = std::chrono::milliseconds{4000};
  static constexpr auto handover = std::chrono::seconds{15};

  struct node {
    cluster::hello hello;
    node_links_owner* owner = nullptr;
    cluster_actor actor;
    std::vector<partition_assigned> assigned;
    std::vector<partition_revoked> revoked;
    std::vector<topic_known> topics;
    std::vector<peer_joined> joined;
    std::vector<peer_gone> gone;
    std::vector<nodes_missing> missing;
    std::vector<std::string> failures;
    partitions_unreachable unreachable;
    std::vector<read_interim> orders;
    interim_reader_actor reader;
    bool is_from_before = false;
    std::size_t exclusions = 0;

    /// What it is to read of what nobody reads.
    std::set<std::int32_t> ordered() const {
      std::set<std::int32_t> result;
      if (!orders.empty())
        for (auto& x : orders.back().partitions)
          result.insert(x.partition);
      return result;
    }

    std::string owner_of(std::int32_t partition) const {
      std::string result = "nobody";
      // Told in order: what came last holds.
      for (auto& x : events)
        if (x.first == partition)
          result = x.second;
      return result;
    }

    std::vector<std::pair<std::int32_t, std::string>> events;
  };

  /// Their links know the nodes.
  ~cluster_fixture();

  node& start(const std::string& name, texts seeds = {},
              std::uint64_t incarnation = 1);
  partition_router_actor router_of(node& x);
  std::map<std::string, std::string> states(const node& x);

  /// `is_done`: once the node has said farewell.
  void drain_node(node& x, bool& is_done);

  // -- the network ------------------------------------------------------------

  /// What the network does: each dial is admitted by both, and becomes a link.
  void connect();

  node* at(const std::string& address);
  void try_link(node& from, const std::string& address);
  void fail(node& from, const std::string& address,
            std::optional<cluster::hello> peer, const std::string& why);
  std::pair<peer_actor, peer_actor> link(node& from, node& to);
  static link_end_state& state_of(const peer_actor& x);

  /// Both sides see the link end.
  void cut_link(const std::string& a, const std::string& b);
  void lose(const std::string& name, const texts& others);
  void heal();

  // -- partitions -------------------------------------------------------------

  partition_consumer_actor consumer(const std::string& name);

  /// The node's consumer group has got a partition.
  void assign(node& x, std::int32_t partition);
  void revoke(node& x, std::int32_t partition);

  /// It is in the group, and knows the topic.
  void join_group(node& x);

  /// As Kafka describes it.
  static kafka::group_member member_of(const std::string& name,
                                       std::vector<std::int32_t> partitions);

  /// Its CONSUMER GROUP does as it was told.
  void read_for_others(node& x, std::int32_t partition);
  void read_no_more(node& x, std::int32_t partition);

  /// Three nodes, of which "c" has all four partitions.
  struct trio {
    node &a, &b, &c;
  };

  trio start_three();

  struct link_pair {
    node *from, *to;
    peer_actor there, back;
  };

  std::map<std::string, node> nodes;
  std::map<caf::actor_addr, std::string> names;
  std::vector<std::pair<std::string, std::string>> dials;
  std::set<std::pair<std::string, std::string>> cut;
  std::vector<link_pair> ends;
  std::vector<caf::typed_response_promise<void>> lost_answers;
};

} // namespace weir::test
