#pragma once

#include "actors/contract/cluster.hpp"

#include <map>
#include <set>
#include <utility>

namespace weir {

/// What this node has claimed and given up since its peers were told last, as
/// they need to know it: what is removed goes first. Plain logic.
class pending_claims {
public:
  void add(const partition_assigned& x) { added_[{x.topic, x.partition}] = x; }

  void remove(const partition_revoked& x) {
    added_.erase({x.topic, x.partition});
    removed_.insert({x.topic, x.partition});
  }

  bool empty() const { return added_.empty() && removed_.empty(); }

  claims_changed take() {
    claims_changed result;
    for (auto& [partition, x] : std::exchange(added_, {}))
      result.added.push_back(x);
    for (auto& x : std::exchange(removed_, {}))
      result.removed.push_back({x.topic, x.partition});
    return result;
  }

private:
  std::map<kafka::topic_partition, partition_assigned> added_;
  std::set<kafka::topic_partition> removed_;
};

} // namespace weir
