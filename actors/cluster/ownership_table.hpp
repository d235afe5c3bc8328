#pragma once

#include "actors/contract/records.hpp"
#include "transport/kafka/record.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// Which node reads which partition, as the nodes themselves say. Plain logic.
///
/// During a rebalance, or after a pause, two nodes may say so of one
/// partition: both read the same log, so either will do, and the one who said
/// so last is in force. When that one gives the partition up, the other is
/// again. Who reads it only for the time being (`interim_readers`) comes after
/// whoever has it from the consumer group.
class ownership_table {
public:
  /// A partition's reader in force has changed; null: it has none now.
  struct change {
    kafka::topic_partition partition;
    partition_consumer_actor consumer;
  };

  struct claimed {
    kafka::topic_partition partition;
    partition_consumer_actor consumer;
    bool is_interim = false;
  };

  /// Nothing: somebody else's claim was and stays in force.
  std::optional<change> claim(const std::string& node, claimed x);

  /// Likewise.
  std::optional<change> drop(const std::string& node,
                             const kafka::topic_partition& x);

  /// All that a node had claimed: it is gone.
  std::vector<change> drop_all(const std::string& node);

  /// What a node claims. Like what follows, it costs by what that node has.
  std::vector<claimed> claims_of(const std::string& node) const;

  /// Of that, what it reads for the time being.
  std::vector<claimed> interim_claims_of(const std::string& node) const;

  /// Partitions whose claim in force is this node's.
  std::vector<kafka::topic_partition> owned_by(const std::string& node) const;

  /// Whether some node has it from the consumer group.
  bool is_assigned(const kafka::topic_partition& x) const;

  /// The nodes that read it for the time being.
  std::vector<std::string>
  interim_readers_of(const kafka::topic_partition& x) const;

private:
  struct entry {
    std::string node;
    partition_consumer_actor consumer;
    bool is_interim = false;
  };

  struct node_claims {
    std::set<kafka::topic_partition> all;
    std::set<kafka::topic_partition> interim; ///< those among them
  };

  std::vector<claimed>
  claims_among(const std::set<kafka::topic_partition>& partitions,
               const std::string& node) const;
  const node_claims& of(const std::string& node) const;

  /// By partition, the claim in force last; no list is empty.
  std::map<kafka::topic_partition, std::vector<entry>> claims_;
  std::map<std::string, node_claims> by_node_;
};

} // namespace weir
