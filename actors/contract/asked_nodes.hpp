#pragma once

// Whom those ask who have a question, or something to do, for all nodes.

#include "actors/contract/cluster.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Whoever asks its like on other nodes.
using node_asker_actor = peer_watcher_actor::extend<
  // Nodes that belong to the cluster and cannot be asked.
  caf::result<void>(nodes_missing)>;

/// From CLUSTER to the same actors, whenever it changes: nodes that there is no
/// link to, and that have not said that they leave. They may have clients, and
/// go on.
struct nodes_missing {
  std::vector<std::string> names;
};

/// The nodes that one of this node's actors asks what it is asked itself. Those
/// that are missing count as silent: what they have, and whether they do what is
/// wanted, nobody knows. `Peer` has the name of one, and its actors. Plain
/// logic.
template <class Peer>
class asked_nodes {
public:
  void join(const std::string& tag, Peer x) { present_[tag] = std::move(x); }

  void leave(const std::string& tag) { present_.erase(tag); }

  void miss(std::vector<std::string> names) { missing_ = std::move(names); }

  /// Those that can be asked, of this name or, without one, all.
  std::vector<Peer> present(const std::optional<std::string>& name = {}) const {
    std::vector<Peer> result;
    for (auto& [tag, x] : present_)
      if (!name || *name == x.node)
        result.push_back(x);
    return result;
  }

  /// Likewise those that cannot. One that has come meanwhile can.
  std::vector<std::string>
  missing(const std::optional<std::string>& name = {}) const {
    std::vector<std::string> result;
    for (auto& x : missing_)
      if ((!name || *name == x) && present(x).empty())
        result.push_back(x);
    return result;
  }

  /// Of all.
  std::vector<std::string> names() const {
    auto result = missing();
    for (auto& [tag, x] : present_)
      result.push_back(x.node);
    std::sort(result.begin(), result.end());
    return result;
  }

private:
  std::map<std::string, Peer> present_; ///< by tag
  std::vector<std::string> missing_;
};

} // namespace weir
