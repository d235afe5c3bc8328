#include "actors/cluster/cluster.hpp"

#include "actors/cluster/cluster_state.hpp"
#include "config/log.hpp"

#include <caf/actor_clock.hpp>

#include <utility>

namespace weir {

cluster_state::cluster_state(cluster_actor::pointer self,
                             cluster_node_options given,
                             partition_router_actor router)
  : self(self),
    options(std::move(given)),
    router(std::move(router)),
    reach(self->system()),
    interim_reports(self->system()) {
  if (options.open_links) {
    links = options.open_links(*this, cluster_actor{self});
    options.self = links->local();
  }
  interim = interim_readers{options.self.node};
  members = {options.self, options.seeds, options.timeout};
  standing
    = group_standing{{options.self.node, options.group, options.client_id,
                      options.timeout, options.handover, links != nullptr}};
}

cluster_actor::behavior_type cluster_state::make_behavior() {
  dial();
  schedule_tick();
  return {
    [this](peer_greeting& x) { on_greeting(std::move(x)); },
    [this](const claims_changed& x) { on_claims(x, sender()); },
    [this](const addresses_known& x) { on_addresses(x); },
    [this](const node_load& x) { on_load(x, sender()); },
    [this](node_leaving) { on_leaving(sender()); },
    [this](const interim_state& x) { on_interim_state(x, sender()); },
    [this](const partition_assigned& x) { on_assigned(x); },
    [this](const partition_revoked& x) { on_revoked(x); },
    [this](const topic_known& x) { on_topic_known(x); },
    [this](const group_report& x) { return on_report(x); },
    [this](const interim_assigned& x) { on_interim_assigned(x.claim); },
    [this](const interim_revoked& x) { on_interim_revoked(x.claim); },
    [this](group_leaving) { on_group_leaving(); },
    [this](mappings_used& x) { on_mappings(std::move(x), sender()); },
    [this](use_config& x) { on_config(std::move(x)); },
    [this](readiness_known& x) { on_readiness(std::move(x.now)); },
    [this](node_readiness& x) { on_readiness_of(sender(), std::move(x)); },
    [this](await_readers& x) { return on_await_readers(std::move(x)); },
    [this](query_status x) { return x.is_brief ? brief() : status(); },
    [this](drain) { return on_drain(); },
  };
}

caf::actor_addr cluster_state::sender() const {
  return caf::actor_cast<caf::actor_addr>(self->current_sender());
}

membership::instant cluster_state::now() const {
  return self->clock().now();
}

void cluster_state::schedule_tick() {
  self->run_delayed(options.timeout / 4, [this] {
    on_tick();
    schedule_tick();
  });
}

void cluster_state::on_tick() {
  standing.update(nodes(), now());
  check_reach();
  if (!links)
    return;
  update_interim();
  for (auto& x : members.tick(now())) {
    log::warning("a link did not come about in time", {{"node", x.name}});
    links->close(x.name);
  }
  tell_missing();
  dial();
  tell_peers(load());
  gossip();
}

/// Answers when all others know, or are out of reach: what is still on its
/// way when the process ends gets nowhere, and they would wait for it to come
/// back.
caf::result<void> cluster_state::on_drain() {
  if (std::exchange(leaving, true))
    return {};
  on_changes();
  farewell = self->make_response_promise<void>();
  for (auto& [address, x] : peers)
    untold.insert(address);
  for (auto& [address, x] : peers)
    self->request(x.handle, caf::infinite, node_leaving{})
      .then([this, to = address] { on_told(to); },
            [this, to = address](const caf::error&) { on_told(to); });
  if (untold.empty())
    farewell.deliver();
  return farewell;
}

/// It knows that this node leaves, or there is no link to it any more: one
/// that knows ends the link, mostly before its answer is out.
void cluster_state::on_told(const caf::actor_addr& who) {
  if (untold.erase(who) != 0 && untold.empty())
    farewell.deliver();
}

cluster_actor spawn_cluster(actor_executor executor,
                            cluster_node_options options,
                            partition_router_actor router) {
  return executor.spawn<cluster_actor, cluster_state>(std::move(options),
                                                      std::move(router));
}

} // namespace weir
