#include "actors/cluster/cluster_state.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "config/log.hpp"
#include "config/node_tag.hpp"

#include <utility>

namespace weir {

namespace {

std::string host_of(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

} // namespace

// -- links --------------------------------------------------------------------

void cluster_state::dial() {
  if (!links || leaving)
    return;
  for (auto& address : members.take_due(now()))
    links->dial(address);
}

std::string cluster_state::admit(const cluster::hello& x, bool dialed) {
  if (leaving)
    return "node \"" + options.self.node + "\" is about to leave";
  // Who dials has no link any more, whatever we have.
  auto* known = members.find(x.node);
  if (!dialed && known && known->incarnation == x.incarnation
      && known->is_there())
    links->close(x.node);
  auto why = members.admit(x, dialed, now());
  // What the last start of this node had is of no value any more.
  if (why.empty())
    for (auto i = peers.begin(); i != peers.end();)
      if (auto y = i++; y->second.node == x.node)
        drop(y, "it was restarted");
  return why;
}

void cluster_state::on_dialed(const std::string& address,
                              const cluster::hello& x,
                              const peer_actor& handle) {
  members.dial_ended(address, x.node, true, now());
  failures.forget_dial(address);
  auto* known = members.find(x.node);
  if (known == nullptr || known->incarnation != x.incarnation
      || known->state != node_state::joining)
    return; // given up meanwhile
  add({x.node, x.incarnation, handle});
}

void cluster_state::on_failed(const cluster::failed_link& x) {
  auto node = x.peer ? x.peer->node : "";
  if (x.dialed)
    members.dial_ended(x.address, node, false, now());
  if (x.reason.why == membership::already_linked)
    return;
  count(self->system(), metrics::links_refused, to_string(x.reason.code))
    ->inc();
  if (x.reason.code != cluster::refusal_code::none)
    failures.note_refusal(node, x.reason.why);
  log::fields values{
    {"address", x.address}, {"node", node}, {"why", x.reason.why}};
  // Whoever finds the port can come as often as he likes, each time from
  // another port of his and under another name.
  if (!x.dialed)
    return log::limited(log_level::warning, "no link from a node",
                        host_of(x.address) + to_string(x.reason.code), values);
  if (failures.note_dial(x.address, x.reason.why))
    log::limited(log_level::warning, "no link to a node",
                 x.address + x.reason.why, values);
}

// -- peers --------------------------------------------------------------------

/// From here on the peer hears of every change.
cluster_state::peer& cluster_state::add(peer x) {
  tell_changes(); // which are in the greeting already
  watch(*this, x.handle);
  tell(self, x.handle, greeting());
  return peers[x.handle.address()] = std::move(x);
}

peer_greeting cluster_state::greeting() {
  peer_greeting result{options.self.node, options.self.incarnation,
                       cluster_actor{self}};
  for (auto& x : ownership.claims_of(options.self.node))
    if (!x.is_interim)
      result.claims.push_back(to_message(x));
  result.is_alone = peers.empty();
  result.services = options.services;
  for (auto& x : {interim_service, mappings_service, readiness_service})
    result.services[std::string{x}]
      = caf::actor_cast<caf::strong_actor_ptr>(cluster_actor{self});
  return result;
}

void cluster_state::on_greeting(peer_greeting greeting) {
  if (!members.join(greeting.node, greeting.incarnation, now()))
    return log::debug("a greeting over a link that is not wanted any more",
                      {{"node", greeting.node}});
  auto i = peers.find(greeting.from.address());
  auto& from = i == peers.end()
                 ? add({greeting.node, greeting.incarnation, greeting.from})
                 : i->second;
  if (std::exchange(from.has_greeted, true))
    return;
  auto* known = members.find(greeting.node);
  log::info("node joined",
            {{"node", greeting.node}, {"address", known->address}});
  failures.forget(greeting.node, known->address);
  for (auto& claim : greeting.claims)
    take(greeting.node, claim, false);
  from.knows_interim = from.is_available
    = greeting.services.contains(std::string{interim_service});
  from.knows_mappings
    = greeting.services.contains(std::string{mappings_service});
  if (from.knows_mappings)
    tell(self, from.handle, mappings_used{options.live});
  from.knows_readiness
    = greeting.services.contains(std::string{readiness_service});
  tell_readiness(from);
  tell_changes();
  tell_interim_claims(from);
  gauge(self->system(), metrics::links)->inc();
  for (auto& watcher : options.watchers)
    tell(self, watcher,
         peer_joined{greeting.node, node_tag(greeting.node),
                     greeting.services});
  tell_missing();
  // Of two that join through this node, the later one hears of the earlier.
  if (greeting.is_alone)
    tell(self, from.handle, addresses_known{members.addresses()});
  update_interim();
}

void cluster_state::on_leaving(const caf::actor_addr& from) {
  auto i = peers.find(from);
  if (i == peers.end())
    return;
  members.leave(i->second.node, i->second.incarnation, now());
  drop(i, "it leaves");
}

void cluster_state::on_down(const caf::actor_addr& who,
                            const caf::error& reason) {
  if (auto i = peers.find(who); i != peers.end())
    drop(i, to_string(reason));
}

/// Its partitions will be others' when Kafka says so; whoever is subscribed
/// there keeps its place.
void cluster_state::drop(std::map<caf::actor_addr, peer>::iterator i,
                         std::string why) {
  auto lost = std::move(i->second);
  peers.erase(i);
  self->demonitor(lost.handle.address());
  on_told(lost.handle.address());
  links->close(lost.node); // whatever it still holds
  if (members.lose(lost.node, lost.incarnation, now()) && !leaving)
    log::warning("link lost", {{"node", lost.node}, {"why", why}});
  else
    log::info("node gone", {{"node", lost.node}, {"why", why}});
  tell_missing();
  if (!lost.has_greeted)
    return;
  gauge(self->system(), metrics::links)->dec();
  // Clients whose polls it has are not to take their sessions for gone: they
  // end with this process.
  if (leaving)
    return;
  vacate_all(lost.node);
  for (auto& watcher : options.watchers)
    tell(self, watcher, peer_gone{lost.node, node_tag(lost.node)});
  update_interim();
}

/// What a node has to which the link is lost is not to look as if there were
/// nothing: it may only be cut off.
void cluster_state::tell_missing() {
  auto names = members.missing();
  if (leaving || names == missing)
    return;
  missing = std::move(names);
  for (auto& x : options.askers)
    tell(self, x, nodes_missing{missing});
}

} // namespace weir
