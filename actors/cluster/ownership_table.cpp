#include "actors/cluster/ownership_table.hpp"

namespace weir {

ownership_table::change
ownership_table::claim(const std::string& node, const kafka::topic_partition& x,
                       partition_consumer_actor consumer) {
  auto& all = claims_[x];
  std::erase_if(all, [&](auto& y) { return y.node == node; });
  all.push_back({node, consumer});
  return {x, std::move(consumer)};
}

std::optional<ownership_table::change>
ownership_table::drop(const std::string& node,
                      const kafka::topic_partition& x) {
  auto i = claims_.find(x);
  if (i == claims_.end())
    return {};
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
  for (auto& [partition, consumer] : claims_of(node))
    if (auto x = drop(node, partition))
      result.push_back(std::move(*x));
  return result;
}

std::vector<std::pair<kafka::topic_partition, partition_consumer_actor>>
ownership_table::claims_of(const std::string& node) const {
  std::vector<std::pair<kafka::topic_partition, partition_consumer_actor>>
    result;
  for (auto& [partition, all] : claims_)
    for (auto& x : all)
      if (x.node == node)
        result.emplace_back(partition, x.consumer);
  return result;
}

std::vector<kafka::topic_partition>
ownership_table::owned_by(const std::string& node) const {
  std::vector<kafka::topic_partition> result;
  for (auto& [partition, claims] : claims_)
    if (claims.back().node == node)
      result.push_back(partition);
  return result;
}

} // namespace weir
