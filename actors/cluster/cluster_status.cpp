#include "actors/cluster/cluster_state.hpp"
#include "config/fingerprint.hpp"

#include <chrono>
#include <utility>

namespace weir {

namespace {

void show_live(schemas::node_status& to, const std::string& live) {
  auto parts = parts_of(live);
  to.mappings = std::move(parts.mappings);
  to.token_keys = std::move(parts.token_keys);
}

} // namespace

cluster_status cluster_state::brief() const {
  cluster_status result;
  if (!leaving)
    result.reasons = standing.reasons();
  return result;
}

cluster_status cluster_state::status() const {
  auto result = brief();
  auto& me = options.self;
  result.nodes.push_back(
    status_of(me.node, me.incarnation, leaving ? "left" : "up", me.address));
  result.nodes.back().connections = load().connections;
  show_live(result.nodes.back(), options.live);
  result.nodes.back().readiness = readiness;
  for (auto& [name, x] : members.members()) {
    auto& y = result.nodes.emplace_back(
      status_of(name, x.incarnation, to_string(x.state), x.address));
    if (!x.is_there())
      continue;
    y.connections = x.connections;
    show_what_it_said(y);
    y.link = links->status(name);
    y.link->silent_ms = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now() - x.heard)
        .count());
  }
  return result;
}

void cluster_state::show_what_it_said(schemas::node_status& to) const {
  for (auto& [address, x] : peers)
    if (x.node == to.name) {
      show_live(to, x.live);
      to.readiness = x.readiness;
    }
}

schemas::node_status
cluster_state::status_of(const std::string& node, std::uint64_t incarnation,
                         std::string_view state,
                         const std::string& address) const {
  schemas::node_status result{
    node, incarnation, std::string{state}, address, 0, 0, {}, {}};
  for (auto& [topic, partition] : ownership.owned_by(node))
    result.owned.push_back(topic + '/' + std::to_string(partition));
  result.partitions = static_cast<std::uint32_t>(result.owned.size());
  return result;
}

} // namespace weir
