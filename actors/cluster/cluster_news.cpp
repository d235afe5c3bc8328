#include "actors/cluster/cluster_state.hpp"
#include "config/fingerprint.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

/// Whatever a node says of itself.
constexpr std::size_t max_fingerprint = 64;
constexpr std::size_t max_reasons = 16;
constexpr std::size_t max_reason = 2048;

} // namespace

// -- which nodes there are ----------------------------------------------------

/// Who has missed something, as when nodes joined at once through others of
/// which one is gone by now, hears of it before long, from some node or
/// other. That each told all of each would be nodes cubed.
void cluster_state::gossip() {
  if (peers.empty())
    return;
  auto next = peers.upper_bound(last_notified);
  if (next == peers.end())
    next = peers.begin();
  last_notified = next->first;
  tell(self, next->second.handle, addresses_known{members.addresses()});
}

void cluster_state::on_addresses(const addresses_known& x) {
  for (auto& address : x.addresses)
    members.learn(address, now());
  dial();
}

// -- what they carry ----------------------------------------------------------

node_load cluster_state::load() const {
  return {
    options.connections ? options.connections() : 0,
    static_cast<std::uint32_t>(ownership.owned_by(options.self.node).size())};
}

void cluster_state::on_load(const node_load& x, const caf::actor_addr& from) {
  if (auto i = peers.find(from); i != peers.end())
    members.hear(i->second.node, x.connections, x.partitions, now());
}

// -- what may change ----------------------------------------------------------

/// Nodes may differ for as long as they are reloaded one after the other.
void cluster_state::on_mappings(mappings_used x, const caf::actor_addr& from) {
  auto i = peers.find(from);
  if (i == peers.end() || x.fingerprint.size() > max_fingerprint)
    return;
  auto& y = i->second;
  y.live = std::move(x.fingerprint);
  if (auto what = live_difference(y.live, options.live); !what.empty())
    log::warning("a node's configuration is not this one's; reload the rest",
                 {{"node", y.node}, {"what", what}});
}

void cluster_state::on_config(use_config x) {
  options.self.config = std::move(x.fingerprint);
  options.live = std::move(x.live);
  if (links)
    links->set_config(options.self.config);
  for (auto& [address, y] : peers)
    if (y.knows_mappings)
      tell(self, y.handle, mappings_used{options.live});
}

// -- readiness ----------------------------------------------------------------

void cluster_state::on_readiness(schemas::readiness x) {
  readiness = std::move(x);
  for (auto& [address, y] : peers)
    tell_readiness(y);
}

void cluster_state::tell_readiness(const peer& to) {
  if (readiness && to.knows_readiness)
    tell(self, to.handle, node_readiness{readiness->ready, readiness->reasons});
}

void cluster_state::on_readiness_of(const caf::actor_addr& from,
                                    node_readiness x) {
  auto i = peers.find(from);
  if (i == peers.end())
    return;
  x.reasons.resize(std::min(x.reasons.size(), max_reasons));
  for (auto& y : x.reasons)
    y.resize(std::min(y.size(), max_reason));
  i->second.readiness = {x.is_ready, std::move(x.reasons)};
}

} // namespace weir
