#include "actors/cluster/cluster.hpp"

#include "actors/cluster/group_standing.hpp"
#include "actors/cluster/interim_log.hpp"
#include "actors/cluster/interim_readers.hpp"
#include "actors/cluster/membership.hpp"
#include "actors/cluster/ownership_table.hpp"
#include "actors/cluster/pending_claims.hpp"
#include "actors/cluster/reach_log.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "actors/runtime/once_per_turn.hpp"
#include "config/fingerprint.hpp"
#include "config/log.hpp"
#include "config/node_tag.hpp"

#include <caf/actor_clock.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace weir {

namespace {

/// Of so many nodes it is kept why there is no link: whoever finds the port may
/// say names without end.
constexpr std::size_t max_refusals = 64;

/// Whatever a node says of itself.
constexpr std::size_t max_fingerprint = 64;
constexpr std::size_t max_reasons = 16;
constexpr std::size_t max_reason = 2048;

struct cluster_state : node_links_owner {
  static inline const char* name = "weir.cluster";

  cluster_state(cluster_actor::pointer self, cluster_node_options given,
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

  cluster_actor::behavior_type make_behavior() {
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

  // -- links ------------------------------------------------------------------

  /// A node at the other end of a link.
  struct peer {
    std::string node;
    std::uint64_t incarnation = 0;
    peer_actor handle;
    bool has_greeted = false;
    bool knows_interim = false;   ///< it has `interim_service`
    bool knows_mappings = false;  ///< likewise `mappings_service`
    bool knows_readiness = false; ///< likewise `readiness_service`
    /// What it has said of itself.
    bool is_available = false;
    std::set<kafka::topic_partition> interim;
    std::string live; ///< likewise (`live_fingerprint`); empty: nothing yet
    std::optional<schemas::readiness> readiness; ///< likewise
  };

  caf::actor_addr sender() const {
    return caf::actor_cast<caf::actor_addr>(self->current_sender());
  }

  membership::instant now() const { return self->clock().now(); }

  std::string admit(const cluster::hello& x, bool dialed) override {
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

  void on_dialed(const std::string& address, const cluster::hello& x,
                 const peer_actor& handle) override {
    members.dial_ended(address, x.node, true, now());
    failures.erase(address);
    auto* known = members.find(x.node);
    if (known == nullptr || known->incarnation != x.incarnation
        || known->state != node_state::joining)
      return; // given up meanwhile
    add({x.node, x.incarnation, handle});
  }

  void on_failed(const cluster::failed_link& x) override {
    auto node = x.peer ? x.peer->node : "";
    if (x.dialed)
      members.dial_ended(x.address, node, false, now());
    if (x.reason.why == membership::already_linked)
      return;
    count(self->system(), metrics::links_refused, to_string(x.reason.code))
      ->inc();
    if (x.reason.code != cluster::refusal_code::none
        && (refusals.contains(node) || refusals.size() < max_refusals))
      refusals[node] = x.reason.why;
    log::fields values{
      {"address", x.address}, {"node", node}, {"why", x.reason.why}};
    // Whoever finds the port can come as often as he likes, each time from
    // another port of his and under another name.
    if (!x.dialed)
      return log::limited(log_level::warning, "no link from a node",
                          host_of(x.address) + to_string(x.reason.code),
                          values);
    // Once per reason: a node that is not there is dialed every other second.
    auto& last = failures[x.address];
    if (std::exchange(last, x.reason.why) != x.reason.why)
      log::limited(log_level::warning, "no link to a node",
                   x.address + x.reason.why, values);
  }

  static std::string host_of(const std::string& address) {
    return address.substr(0, address.rfind(':'));
  }

  /// From here on the peer hears of every change.
  peer& add(peer x) {
    tell_changes(); // which are in the greeting already
    watch(*this, x.handle);
    tell(self, x.handle, greeting());
    return peers[x.handle.address()] = std::move(x);
  }

  peer_greeting greeting() {
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

  void on_greeting(peer_greeting greeting) {
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
    failures.erase(known->address);
    refusals.erase(greeting.node);
    refusals.erase(""); // whose it was
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

  /// Who has missed something, as when nodes joined at once through others of
  /// which one is gone by now, hears of it before long, from some node or
  /// other. That each told all of each would be nodes cubed.
  void gossip() {
    if (peers.empty())
      return;
    auto next = peers.upper_bound(last_notified);
    if (next == peers.end())
      next = peers.begin();
    last_notified = next->first;
    tell(self, next->second.handle, addresses_known{members.addresses()});
  }

  void on_addresses(const addresses_known& x) {
    for (auto& address : x.addresses)
      members.learn(address, now());
    dial();
  }

  void on_load(const node_load& x, const caf::actor_addr& from) {
    if (auto i = peers.find(from); i != peers.end())
      members.hear(i->second.node, x.connections, x.partitions, now());
  }

  void on_leaving(const caf::actor_addr& from) {
    auto i = peers.find(from);
    if (i == peers.end())
      return;
    members.leave(i->second.node, i->second.incarnation, now());
    drop(i, "it leaves");
  }

  void on_down(const caf::actor_addr& who, const caf::error& reason) {
    if (auto i = peers.find(who); i != peers.end())
      drop(i, to_string(reason));
  }

  /// Its partitions will be others' when Kafka says so; whoever is subscribed
  /// there keeps its place.
  void drop(std::map<caf::actor_addr, peer>::iterator i, std::string why) {
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
  void tell_missing() {
    auto names = members.missing();
    if (leaving || names == missing)
      return;
    missing = std::move(names);
    for (auto& x : options.askers)
      tell(self, x, nodes_missing{missing});
  }

  template <class Message>
  void tell_peers(const Message& x) {
    for (auto& [address, y] : peers)
      tell(self, y.handle, x);
  }

  void dial() {
    if (!links || leaving)
      return;
    for (auto& address : members.take_due(now()))
      links->dial(address);
  }

  void schedule_tick() {
    self->run_delayed(options.timeout / 4, [this] {
      on_tick();
      schedule_tick();
    });
  }

  void on_tick() {
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

  node_load load() const {
    return {
      options.connections ? options.connections() : 0,
      static_cast<std::uint32_t>(ownership.owned_by(options.self.node).size())};
  }

  // -- ownership --------------------------------------------------------------

  void on_assigned(const partition_assigned& x) {
    take(options.self.node, x, false);
    note_added(x);
  }

  void on_revoked(const partition_revoked& x) {
    give(options.self.node, x, false);
    note_removed(x);
  }

  /// A rebalance may bring thousands, a message each: peers hear of them in
  /// one, and nobody is looked for in between.
  void note_added(const partition_assigned& x) {
    changes.add(x);
    after_changes.call(self, [this] { on_changes(); });
  }

  void note_removed(const partition_revoked& x) {
    changes.remove(x);
    after_changes.call(self, [this] { on_changes(); });
  }

  void on_changes() {
    tell_changes();
    update_interim();
  }

  void tell_changes() {
    if (changes.empty())
      return;
    tell_interim_state();
    tell_peers(changes.take());
  }

  void on_claims(const claims_changed& x, const caf::actor_addr& from) {
    auto i = peers.find(from);
    if (i == peers.end() || !i->second.has_greeted)
      return;
    auto& peer = i->second;
    for (auto& y : x.removed)
      give(peer.node, y, peer.knows_interim && !peer.is_available);
    for (auto& y : x.added)
      take(peer.node, y, peer.interim.contains({y.topic, y.partition}));
    update_interim();
  }

  void take(const std::string& node, const partition_assigned& x,
            bool is_interim) {
    if (auto y = ownership.claim(
          node, {{x.topic, x.partition}, x.consumer, is_interim}))
      change(*y);
    note_readers({x.topic, x.partition});
  }

  /// `is_gone`: the node will read nothing any more.
  void give(const std::string& node, const partition_revoked& x, bool is_gone) {
    kafka::topic_partition key{x.topic, x.partition};
    interim.vacate(key, {node, is_gone, now()});
    drop_claim(node, key);
  }

  void drop_claim(const std::string& node, const kafka::topic_partition& x) {
    if (auto y = ownership.drop(node, x))
      change(*y);
    note_readers(x);
  }

  void vacate_all(const std::string& node) {
    for (auto& x : ownership.claims_of(node))
      give(node, {x.partition.topic, x.partition.partition}, true);
  }

  void change(const ownership_table::change& x) {
    auto& [topic, partition] = x.partition;
    if (x.consumer)
      tell(self, router, partition_assigned{topic, partition, x.consumer});
    else
      tell(self, router, partition_revoked{topic, partition});
  }

  void note_readers(const kafka::topic_partition& x) {
    if (ownership.is_assigned(x))
      standing.partitions().read(x);
    else
      standing.partitions().unread(x, now());
    standing.on_interim(x, !ownership.interim_readers_of(x).empty(), now());
    answer_await();
  }

  // -- topics that are new ----------------------------------------------------

  caf::result<void> on_await_readers(await_readers x) {
    awaited = std::move(x.topics);
    when_read = self->make_response_promise<void>();
    answer_await();
    return when_read;
  }

  void answer_await() {
    if (when_read.pending()
        && std::all_of(awaited.begin(), awaited.end(), [this](auto& topic) {
             return standing.partitions().reads_all(topic);
           }))
      when_read.deliver();
  }

  static partition_assigned to_message(const ownership_table::claimed& x) {
    return {x.partition.topic, x.partition.partition, x.consumer};
  }

  // -- partitions of nodes that are gone --------------------------------------

  void on_interim_state(const interim_state& x, const caf::actor_addr& from) {
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

  void on_interim_assigned(const partition_assigned& x) {
    take(options.self.node, x, true);
    note_added(x);
  }

  /// It was only for the time being: the partition is as vacant as before.
  void on_interim_revoked(const partition_revoked& x) {
    drop_claim(options.self.node, {x.topic, x.partition});
    note_removed(x);
  }

  void on_group_leaving() {
    has_left_group = true;
    update_interim();
  }

  bool is_available() const {
    return !leaving && !has_left_group && !is_excluded;
  }

  /// Looks who is to read what, and has CONSUMER GROUP do this node's part.
  void update_interim() {
    tell_interim_state();
    auto may_read = [this](auto& x, auto& by) {
      return is_available() && !standing.is_taken(x, by.since);
    };
    auto& wanted = interim.update(ownership, available_peers(), may_read,
                                  now());
    if (reader && wanted != ordered) {
      interim_reports.update(ordered, wanted, interim);
      ordered = wanted;
      tell(self, reader, read_interim{ordered});
    }
    look_again(interim.due());
  }

  std::set<std::string> available_peers() const {
    std::set<std::string> result;
    for (auto& [address, x] : peers)
      if (auto* known = members.find(x.node);
          x.is_available && known && known->state == node_state::up)
        result.insert(x.node);
    return result;
  }

  void look_again(std::optional<membership::instant> at) {
    if (!at || (looks_at && *looks_at <= *at))
      return;
    looks_at = at;
    self->run_delayed(*at - now(), [this, at] {
      if (looks_at == at)
        looks_at.reset();
      update_interim();
    });
  }

  interim_state state_of_interim() const {
    interim_state result;
    result.is_available = is_available();
    for (auto& x : ownership.interim_claims_of(options.self.node))
      result.partitions[x.partition.topic].push_back(x.partition.partition);
    return result;
  }

  /// Tells of it if it has changed, before the claims that it is about.
  void tell_interim_state() {
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
  void tell_interim_claims(const peer& to) {
    claims_changed claims;
    for (auto& x : ownership.interim_claims_of(options.self.node))
      claims.added.push_back(to_message(x));
    if (to.knows_interim)
      tell(self, to.handle, reported);
    if (!claims.added.empty())
      tell(self, to.handle, claims);
  }

  // -- what may change --------------------------------------------------------

  /// Nodes may differ for as long as they are reloaded one after the other.
  void on_mappings(mappings_used x, const caf::actor_addr& from) {
    auto i = peers.find(from);
    if (i == peers.end() || x.fingerprint.size() > max_fingerprint)
      return;
    auto& y = i->second;
    y.live = std::move(x.fingerprint);
    if (auto what = live_difference(y.live, options.live); !what.empty())
      log::warning("a node's configuration is not this one's; reload the rest",
                   {{"node", y.node}, {"what", what}});
  }

  void on_config(use_config x) {
    options.self.config = std::move(x.fingerprint);
    options.live = std::move(x.live);
    if (links)
      links->set_config(options.self.config);
    for (auto& [address, y] : peers)
      if (y.knows_mappings)
        tell(self, y.handle, mappings_used{options.live});
  }

  // -- readiness --------------------------------------------------------------

  void on_readiness(schemas::readiness x) {
    readiness = std::move(x);
    for (auto& [address, y] : peers)
      tell_readiness(y);
  }

  void tell_readiness(const peer& to) {
    if (readiness && to.knows_readiness)
      tell(self, to.handle,
           node_readiness{readiness->ready, readiness->reasons});
  }

  void on_readiness_of(const caf::actor_addr& from, node_readiness x) {
    auto i = peers.find(from);
    if (i == peers.end())
      return;
    x.reasons.resize(std::min(x.reasons.size(), max_reasons));
    for (auto& y : x.reasons)
      y.resize(std::min(y.size(), max_reason));
    i->second.readiness = {x.is_ready, std::move(x.reasons)};
  }

  // -- the consumer group -----------------------------------------------------

  void on_topic_known(const topic_known& x) {
    standing.partitions().know(x.topic, x.partitions, now());
    standing.on_problem(x.topic, !x.problem.empty());
    interim.know(x.topic, x.partitions, x.problem.empty());
    tell(self, router, x);
    answer_await();
    update_interim();
  }

  group_order on_report(const group_report& x) {
    reader = x.reader;
    auto result = standing.on_report(x, nodes(), now());
    check_reach();
    update_interim();
    return result;
  }

  known_nodes nodes() const {
    known_nodes result{{}, {}, refusals};
    for (auto& [name, x] : members.members())
      if (x.is_there())
        result.up.insert(name);
      else if (x.lost && now() - *x.lost < options.handover)
        result.lost.insert(name);
    return result;
  }

  void check_reach() {
    auto was_excluded = is_excluded;
    is_excluded = !standing.excluded().empty();
    if (reach.update(standing.unreachable(), standing.excluded()))
      tell(self, router,
           partitions_unreachable{standing.unreachable(), standing.excluded()});
    if (is_excluded && !was_excluded && options.on_excluded)
      options.on_excluded();
  }

  // -- operation --------------------------------------------------------------

  cluster_status brief() const {
    cluster_status result;
    if (!leaving)
      result.reasons = standing.reasons();
    return result;
  }

  cluster_status status() const {
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

  static void show_live(schemas::node_status& to, const std::string& live) {
    auto parts = parts_of(live);
    to.mappings = std::move(parts.mappings);
    to.token_keys = std::move(parts.token_keys);
  }

  void show_what_it_said(schemas::node_status& to) const {
    for (auto& [address, x] : peers)
      if (x.node == to.name) {
        show_live(to, x.live);
        to.readiness = x.readiness;
      }
  }

  schemas::node_status
  status_of(const std::string& node, std::uint64_t incarnation,
            std::string_view state, const std::string& address) const {
    schemas::node_status result{
      node, incarnation, std::string{state}, address, 0, 0, {}, {}};
    for (auto& [topic, partition] : ownership.owned_by(node))
      result.owned.push_back(topic + '/' + std::to_string(partition));
    result.partitions = static_cast<std::uint32_t>(result.owned.size());
    return result;
  }

  /// Answers when all others know, or are out of reach: what is still on its
  /// way when the process ends gets nowhere, and they would wait for it to come
  /// back.
  caf::result<void> on_drain() {
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
  void on_told(const caf::actor_addr& who) {
    if (untold.erase(who) != 0 && untold.empty())
      farewell.deliver();
  }

  cluster_actor::pointer self;
  cluster_node_options options;
  partition_router_actor router;
  membership members{{}, {}, {}};
  ownership_table ownership;
  group_standing standing{{}};
  reach_log reach;
  bool is_excluded = false;
  interim_readers interim{{}};
  interim_log interim_reports;
  interim_reader_actor reader;              ///< CONSUMER GROUP; null: not yet
  std::set<kafka::topic_partition> ordered; ///< of it
  interim_state reported;                   ///< to peers, the last one
  pending_claims changes;                   ///< peers have yet to hear of them
  once_per_turn after_changes;
  std::optional<membership::instant> looks_at;
  bool has_left_group = false;                 ///< permanently
  std::optional<schemas::readiness> readiness; ///< of this node
  std::set<std::string> awaited;               ///< topics
  caf::typed_response_promise<void> when_read;
  std::map<caf::actor_addr, peer> peers;
  std::vector<std::string> missing;            ///< as told the last time
  caf::actor_addr last_notified;               ///< by `gossip`
  std::map<std::string, std::string> failures; ///< of dials, the last ones
  std::map<std::string, std::string> refusals; ///< by node, likewise
  bool leaving = false;
  caf::typed_response_promise<void> farewell; ///< of `drain`
  std::set<caf::actor_addr> untold;           ///< who has yet to know of it
  std::unique_ptr<node_links> links;          ///< ends first: it calls us
};

} // namespace

cluster_actor spawn_cluster(actor_executor executor,
                            cluster_node_options options,
                            partition_router_actor router) {
  return executor.spawn<cluster_actor, cluster_state>(std::move(options),
                                                      std::move(router));
}

} // namespace weir
