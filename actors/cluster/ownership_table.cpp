#include "actors/cluster/ownership_table.hpp"

#include <algorithm>

namespace weir {

std::optional<ownership_table::change>
ownership_table::claim(const std::string& node, claimed x) {
  auto& all = claims_[x.partition];
  auto before = all.empty() ? partition_consumer_actor{} : all.back().consumer;
  std::erase_if(all, [&](auto& y) { return y.node == node; });
  // Interim claims come first, as the last one is in force.
  auto place = x.is_interim
                 ? std::find_if(all.begin(), all.end(),
                                [](auto& y) { return !y.is_interim; })
                 : all.end();
  auto& ours = by_node_[node];
  ours.all.insert(x.partition);
  if (x.is_interim)
    ours.interim.insert(x.partition);
  else
    ours.interim.erase(x.partition);
  auto is_in_force = place == all.end();
  all.insert(place, {node, x.consumer, x.is_interim});
  if (!is_in_force && all.back().consumer == before)
    return {};
  return change{x.partition, all.back().consumer};
}

std::optional<ownership_table::change>
ownership_table::drop(const std::string& node,
                      const kafka::topic_partition& x) {
  auto i = claims_.find(x);
  if (i == claims_.end())
    return {};
  if (auto ours = by_node_.find(node); ours != by_node_.end()) {
    ours->second.all.erase(x);
    ours->second.interim.erase(x);
    if (ours->second.all.empty())
      by_node_.erase(ours);
  }
  auto& all = i->second;
  auto was_in_force = all.back().node == node;
  std::erase_if(all, [&](auto& y) { return y.node == node; });
  change result{x,
                all.empty() ? partition_consumer_actor{} : all.back().consumer};
  if (all.empty())
    claims_.erase(i);
  if (!was_in_force)
    return {};
  return result;
}

std::vector<ownership_table::change>
ownership_table::drop_all(const std::string& node) {
  std::vector<change> result;
  for (auto& x : claims_of(node))
    if (auto y = drop(node, x.partition))
      result.push_back(std::move(*y));
  return result;
}

std::vector<ownership_table::claimed>
ownership_table::claims_of(const std::string& node) const {
  return claims_among(of(node).all, node);
}

std::vector<ownership_table::claimed>
ownership_table::interim_claims_of(const std::string& node) const {
  return claims_among(of(node).interim, node);
}

std::vector<ownership_table::claimed> ownership_table::claims_among(
  const std::set<kafka::topic_partition>& partitions,
  const std::string& node) const {
  std::vector<claimed> result;
  for (auto& partition : partitions)
    for (auto& x : claims_.at(partition))
      if (x.node == node)
        result.push_back({partition, x.consumer, x.is_interim});
  return result;
}

const ownership_table::node_claims&
ownership_table::of(const std::string& node) const {
  static const node_claims none;
  auto i = by_node_.find(node);
  return i == by_node_.end() ? none : i->second;
}

std::vector<kafka::topic_partition>
ownership_table::owned_by(const std::string& node) const {
  std::vector<kafka::topic_partition> result;
  for (auto& partition : of(node).all)
    if (claims_.at(partition).back().node == node)
      result.push_back(partition);
  return result;
}

bool ownership_table::is_assigned(const kafka::topic_partition& x) const {
  auto i = claims_.find(x);
  return i != claims_.end() && !i->second.back().is_interim;
}

std::vector<std::string>
ownership_table::interim_readers_of(const kafka::topic_partition& x) const {
  std::vector<std::string> result;
  if (auto i = claims_.find(x); i != claims_.end())
    for (auto& y : i->second)
      if (y.is_interim)
        result.push_back(y.node);
  return result;
}

} // namespace weir
