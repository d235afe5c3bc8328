#include "actors/client/connection_census.hpp"
#include "actors/client/inbound_router.hpp"
#include "actors/cluster/cluster.hpp"
#include "actors/cluster/cluster_links.hpp"
#include "actors/cluster/disconnector.hpp"
#include "actors/cluster/poll_forwarder.hpp"
#include "actors/cluster/socket_directory.hpp"
#include "actors/kafka/consumer_group.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "actors/kafka/producer.hpp"
#include "actors/node/admin.hpp"
#include "actors/node/controller.hpp"
#include "actors/node/gateway_state.hpp"
#include "actors/node/inspector.hpp"
#include "actors/node/topic_tail.hpp"
#include "actors/room/room_directory.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/ports.hpp"
#include "config/base/wall_clock.hpp"
#include "config/event_bounds.hpp"
#include "config/fingerprint.hpp"
#include "config/log.hpp"
#include "transport/engineio/sid.hpp"
#include "transport/kafka/group_settings.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <string_view>
#include <utility>

namespace weir {

namespace {

/// How long a consumer group may take to hand partitions over, once it knows
/// that a member is gone: members hear of it by their next heartbeats, and
/// brokers are slow when a node is just gone.
constexpr auto rebalance_time = std::chrono::seconds{5};

/// When those are over that ports and links show, which are read again.
void show_certificates(caf::actor_system& system, const node_ports& x) {
  auto show = [&](std::string_view table, auto& files) {
    if (files)
      gauge(system, metrics::certificate_expiry, table)->value(files->end());
  };
  show("server.tls", x.client_tls);
  show("admin.tls", x.operator_tls);
  show("cluster.tls", x.links_tls);
}

} // namespace

/// From Kafka to the client, each with the one it talks to.
void gateway_state::start_actors() {
  std::vector<actor_executor> executors;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    executors.push_back(loops.executor(i));
    heats.push_back(std::make_shared<loop_heat>());
  }
  start_routing(executors);
  start_services();
  start_cluster();
  group = spawn_consumer_group(loops.executor(0),
                               {settings.kafka, settings.cluster,
                                rules()->topics(), rules()->written_topics(),
                                settings.limits.tail_cache, executors, heats},
                               cluster);
  topics.open({group, cluster, directory, producers.back()});
  if (!settings.cluster.secret.empty())
    signer = std::make_shared<const schemas::recovery_signer>(
      settings.cluster.secret, node_tag(settings.cluster.node));
  identify_clients();
  open_webhook();
  if (auto most = settings.limits.connections_per_user; most != 0)
    users = std::make_shared<user_connections>(most);
  for (std::size_t i = 0; i < loops.size(); ++i)
    start_loop(i);
  start_operation();
  start_ui();
}

void gateway_state::start_routing(
  const std::vector<actor_executor>& executors) {
  auto& limits = settings.limits;
  producers = spawn_producers(executors, settings.kafka, rules()->topics(),
                              limits);
  auto windows = limits.replays / 2;
  outbound = spawn_outbound_router(loops.executor(0), limits.credit,
                                   limits.replays - windows);
  directory = spawn_room_directory(
    loops.executor(0),
    {rules(), executors, limits.json_depth, max_event(limits),
     settings.kafka.delivery_timeout, !settings.cluster.listen.empty(),
     limits.credit, windows, heats, traces()},
    outbound);
}

/// What nodes of a cluster have for each other.
void gateway_state::start_services() {
  sockets = spawn_socket_directory(loops.executor(0),
                                   node_tag(settings.cluster.node),
                                   settings.limits.recent_sockets);
  polls = spawn_poll_forwarder(
    loops.executor(0),
    {[&ports = ports](http::poll_request x, http::respond_poll respond) {
       return ports.clients->serve(std::move(x), std::move(respond));
     },
     [&ports = ports](http::poll_id id, http::poll_answer x) {
       ports.clients->answer(id, std::move(x));
     }});
  disconnector = spawn_disconnector(actor_executor{self->system()},
                                    {settings.cluster.node, rules(), directory,
                                     [&ports = ports](auto whom, auto done) {
                                       ports.clients->disconnect(
                                         std::move(whom), std::move(done));
                                     }});
  std::vector<std::string> namespaces;
  for (auto& x : settings.namespaces)
    namespaces.push_back(x.name);
  inspector = spawn_inspector(actor_executor{self->system()},
                              settings.cluster.node, std::move(namespaces));
  controller
    = spawn_controller(actor_executor{self->system()},
                       {settings.cluster.node, gateway_actor{self}, rules()});
}

/// Between whoever knows where partitions are, and whoever needs to.
void gateway_state::start_cluster() {
  cluster_node_options x;
  x.self = {settings.cluster.name, settings.cluster.node,
            static_cast<std::uint64_t>(unix_milliseconds()),
            settings.cluster.advertise, config_fingerprint(settings)};
  x.self.fixed_config = fixed_fingerprint(settings);
  x.live = live_fingerprint(settings);
  x.seeds = settings.cluster.seeds;
  x.timeout = settings.cluster.timeout;
  x.services[std::string{poll_service}]
    = caf::actor_cast<caf::strong_actor_ptr>(polls);
  x.services[std::string{socket_service}]
    = caf::actor_cast<caf::strong_actor_ptr>(sockets);
  x.services[std::string{disconnector_service}]
    = caf::actor_cast<caf::strong_actor_ptr>(disconnector);
  x.services[std::string{user_disconnector_service}]
    = caf::actor_cast<caf::strong_actor_ptr>(disconnector);
  x.services[std::string{inspector_service}]
    = caf::actor_cast<caf::strong_actor_ptr>(inspector);
  x.services[std::string{controller_service}]
    = caf::actor_cast<caf::strong_actor_ptr>(controller);
  x.watchers = {polls,     sockets,    disconnector,
                inspector, controller, gateway_actor{self}};
  x.askers = {disconnector, inspector, controller};
  x.connections = [this] {
    return static_cast<std::uint32_t>(ports.clients->sessions());
  };
  x.group = kafka::group_of(settings.kafka, settings.cluster);
  x.client_id = kafka::client_id(settings.kafka, settings.cluster);
  x.handover = kafka::session_timeout(settings.kafka, settings.cluster)
               + rebalance_time;
  x.on_excluded = [this] { send_clients_elsewhere(); };
  if (!settings.cluster.listen.empty())
    x.open_links = [this, local = x.self](auto& owner, auto& me) {
      auto links = open_cluster_links(loops.executor(0), settings.cluster,
                                      ports.links_tls, local, owner, me);
      cluster_address = links->local().address;
      return links;
    };
  cluster = spawn_cluster(loops.executor(0), std::move(x), outbound);
}

/// What they wait for comes to other nodes, and not here.
void gateway_state::send_clients_elsewhere() {
  log::info("clients are sent elsewhere",
            {{"connections", ports.clients->sessions()}});
  ports.clients->drain(settings.server.drain_time, [] {});
}

/// What each loop has of its own.
void gateway_state::start_loop(std::size_t i) {
  auto executor = loops.executor(i);
  auto node = node_tag(settings.cluster.node);
  auto prefix = engineio::make_sid(node, i) + "-";
  routers.push_back(
    spawn_inbound_router(executor,
                         {rules(), settings.cluster.name, prefix,
                          max_event(settings.limits), traces()},
                         producers[i]));
  connection_context context{executor,
                             rules(),
                             settings.limits,
                             settings.engineio.max_payload,
                             settings.server.connect_timeout,
                             routers.back(),
                             directory,
                             sockets,
                             signer,
                             [node, i] { return engineio::make_sid(node, i); },
                             settings.engineio.ping_interval
                               + settings.engineio.ping_timeout};
  context.is_encrypted = ports.client_tls != nullptr;
  context.tokens = tokens;
  context.users = users;
  context.max_shown = settings.auth.jwt.max_token;
  context.max_refused = settings.auth.jwt.max_refused;
  if (ports.webhook)
    context.ask_webhook = [&ports = ports](auto question, auto respond) {
      ports.webhook->ask(std::move(question), std::move(respond));
    };
  meters.push_back(context.meter);
  censuses.push_back(
    spawn_connection_census(executor, context.all, context.meter, heats[i]));
  contexts->add(std::move(context));
}

/// What the operator asks for, once all are there whom that concerns.
void gateway_state::start_operation() {
  auto& limits = settings.limits;
  tail = spawn_topic_tail(actor_executor{self->system()},
                          {rules(), {limits.json_depth, max_event(limits)}},
                          group);
  // Nobody asks before its own port is open.
  auto clients = [loops = meters, &ports = ports, &system = self->system()] {
    show_certificates(system, ports);
    return client_figures{loops, ports.clients->traffic()};
  };
  tell_anonymously(inspector, informants{cluster, group, directory, censuses,
                                         tail, clients});
  tell_anonymously(controller, controlled_actors{censuses, routers.front()});
  admin = spawn_admin(actor_executor{self->system()}, producers.back(), group,
                      cluster, disconnector, inspector, controller, clients,
                      denied);
}

void gateway_state::start_ui() {
  auto& x = settings.admin;
  if (!x.ui.empty())
    ui = spawn_admin_ui(actor_executor{self->system()},
                        {{x.ui_user, x.ui_password, settings.cluster.secret},
                         x.ui_read_only,
                         x.ui_sockets,
                         inspector,
                         controller,
                         disconnector,
                         [] { return unix_milliseconds(); }});
}

} // namespace weir
