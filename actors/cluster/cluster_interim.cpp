#include "actors/cluster/cluster_state.hpp"

#include <caf/actor_clock.hpp>

#include <utility>

namespace weir {

void cluster_state::on_interim_state(const interim_state& x,
                                     const caf::actor_addr& from) {
  auto i = peers.find(from);
  if (i == peers.end())
    return;
  i->second.is_available = x.is_available;
  i->second.interim.clear();
  for (auto& [topic, partitions] : x.partitions)
    for (auto partition : partitions)
      i->second.interim.insert({topic, partition});
  update_interim();
}

void cluster_state::on_interim_assigned(const partition_assigned& x) {
  take(options.self.node, x, true);
  note_added(x);
}

/// It was only for the time being: the partition is as vacant as before.
void cluster_state::on_interim_revoked(const partition_revoked& x) {
  drop_claim(options.self.node, {x.topic, x.partition});
  note_removed(x);
}

void cluster_state::on_group_leaving() {
  has_left_group = true;
  update_interim();
}

bool cluster_state::is_available() const {
  return !leaving && !has_left_group && !is_excluded;
}

/// Looks who is to read what, and has CONSUMER GROUP do this node's part.
void cluster_state::update_interim() {
  tell_interim_state();
  auto may_read = [this](auto& x, auto& by) {
    return is_available() && !standing.is_taken(x, by.since);
  };
  auto& wanted = interim.update(ownership, available_peers(), may_read, now());
  if (reader && wanted != ordered) {
    interim_reports.update(ordered, wanted, interim);
    ordered = wanted;
    tell(self, reader, read_interim{ordered});
  }
  look_again(interim.due());
}

std::set<std::string> cluster_state::available_peers() const {
  std::set<std::string> result;
  for (auto& [address, x] : peers)
    if (auto* known = members.find(x.node);
        x.is_available && known && known->state == node_state::up)
      result.insert(x.node);
  return result;
}

void cluster_state::look_again(std::optional<membership::instant> at) {
  if (!at || (looks_at && *looks_at <= *at))
    return;
  looks_at = at;
  self->run_delayed(*at - now(), [this, at] {
    if (looks_at == at)
      looks_at.reset();
    update_interim();
  });
}

interim_state cluster_state::state_of_interim() const {
  interim_state result;
  result.is_available = is_available();
  for (auto& x : ownership.interim_claims_of(options.self.node))
    result.partitions[x.partition.topic].push_back(x.partition.partition);
  return result;
}

/// Tells of it if it has changed, before the claims that it is about.
void cluster_state::tell_interim_state() {
  auto x = state_of_interim();
  if (x.is_available == reported.is_available
      && x.partitions == reported.partitions)
    return;
  reported = std::move(x);
  interim_reports.show(reported.partitions);
  for (auto& [address, y] : peers)
    if (y.knows_interim)
      tell(self, y.handle, reported);
}

/// They are not in the greeting, in which all are by the group.
void cluster_state::tell_interim_claims(const peer& to) {
  claims_changed claims;
  for (auto& x : ownership.interim_claims_of(options.self.node))
    claims.added.push_back(to_message(x));
  if (to.knows_interim)
    tell(self, to.handle, reported);
  if (!claims.added.empty())
    tell(self, to.handle, claims);
}

} // namespace weir
