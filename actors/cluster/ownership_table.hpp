#pragma once

#include "actors/contract/records.hpp"
#include "transport/kafka/record.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Which node reads which partition, as the nodes themselves say. Plain logic.
///
/// During a rebalance, or after a pause, two nodes may say so of one
/// partition: both read the same log, so either will do, and the one who said
/// so last is in force. When that one gives the partition up, the other is
/// again.
class ownership_table {
public:
  /// A partition's reader in force has changed; null: it has none now.
  struct change {
    kafka::topic_partition partition;
    partition_consumer_actor consumer;
  };

  change claim(const std::string& node, const kafka::topic_partition& x,
               partition_consumer_actor consumer);

  /// Nothing: somebody else's claim was and stays in force.
  std::optional<change> drop(const std::string& node,
                             const kafka::topic_partition& x);

  /// All that a node had claimed: it is gone.
  std::vector<change> drop_all(const std::string& node);

  /// What a node claims.
  std::vector<std::pair<kafka::topic_partition, partition_consumer_actor>>
  claims_of(const std::string& node) const;

  /// Partitions whose claim in force is this node's.
  std::vector<kafka::topic_partition> owned_by(const std::string& node) const;

private:
  struct entry {
    std::string node;
    partition_consumer_actor consumer;
  };

  /// By partition, the claim in force last; no list is empty.
  std::map<kafka::topic_partition, std::vector<entry>> claims_;
};

} // namespace weir
