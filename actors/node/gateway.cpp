#include "actors/node/gateway.hpp"

#include "actors/client/authenticator.hpp"
#include "actors/client/connection.hpp"
#include "actors/client/connection_census.hpp"
#include "actors/client/inbound_router.hpp"
#include "actors/client/loop_contexts.hpp"
#include "actors/cluster/cluster.hpp"
#include "actors/cluster/cluster_links.hpp"
#include "actors/cluster/disconnector.hpp"
#include "actors/cluster/poll_forwarder.hpp"
#include "actors/cluster/socket_directory.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/control.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/polls.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/kafka/consumer_group.hpp"
#include "actors/kafka/deny_listener.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "actors/kafka/producer.hpp"
#include "actors/node/admin.hpp"
#include "actors/node/admin_page.hpp"
#include "actors/node/admin_ui.hpp"
#include "actors/node/config_reload.hpp"
#include "actors/node/controller.hpp"
#include "actors/node/inspector.hpp"
#include "actors/node/port_counts.hpp"
#include "actors/node/read_topics.hpp"
#include "actors/node/service_manager.hpp"
#include "actors/node/topic_tail.hpp"
#include "actors/node/ui_session.hpp"
#include "actors/room/room_directory.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "actors/runtime/metrics/ports.hpp"
#include "config/base/wall_clock.hpp"
#include "config/event_bounds.hpp"
#include "config/fingerprint.hpp"
#include "config/log.hpp"
#include "config/secret.hpp"
#include "transport/engineio/session_drain.hpp"
#include "transport/engineio/sid.hpp"
#include "transport/kafka/group_settings.hpp"
#include "transport/kafka/topic_reader.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

namespace {

/// How long a stop waits for its clients beyond `server.drain_time`, for Kafka
/// to store what was emitted, for the group to be left, and for the other nodes
/// to be told.
constexpr auto close_timeout = engineio::session_drain::close_timeout
                               + std::chrono::seconds{1};
constexpr auto flush_timeout = std::chrono::seconds{10};
constexpr auto leave_timeout = std::chrono::seconds{10};
/// How long a reload waits for connections to have other mappings; CONTROLLER
/// wants its answer soon after that.
constexpr auto switch_patience = std::chrono::seconds{1};
constexpr auto farewell_timeout = std::chrono::seconds{1};

/// For /livez, /readyz, /metrics and an operator who looks why.
constexpr std::size_t kept_descriptors = 4;

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

struct gateway_state {
  static inline const char* name = "weir.gateway";

  gateway_state(gateway_actor::pointer self, options given, io_loops& loops,
                node_ports& ports, load_options load)
    : self(self),
      settings(std::move(given)),
      loops(loops),
      ports(ports),
      reload(std::move(load), settings, ports, contexts),
      topics(self, *rules()) {
    show_limits(self->system(), settings);
    start_broker();
    open_traces();
    start_actors();
    open_ports();
    read_denied();
    loops.start();
    announce();
  }

  gateway_actor::behavior_type make_behavior() {
    for (auto& x : singletons())
      self->monitor(x);
    self->set_down_handler([this](const caf::down_msg& x) { on_down(x); });
    return {
      [this](drain) { on_drain(); },
      [this](clients_gone) { on_clients_gone(); },
      [this](reload_config) { return on_reload(); },
      [this](const peer_joined& x) { peers.insert(x.tag); },
      [this](const peer_gone& x) { peers.erase(x.tag); },
    };
  }

  // -- start ------------------------------------------------------------------

  void start_broker() {
    if (!settings.kafka.embedded)
      return;
    auto topics = rules()->topics();
    if (auto& topic = settings.auth.deny_topic; !topic.empty())
      topics.push_back(topic);
    ports.broker = std::make_unique<kafka::embedded_broker>(
      topics, settings.kafka.embedded_partitions);
    settings.kafka.brokers = ports.broker->bootstrap();
    log::info("embedded broker", {{"bootstrap", ports.broker->bootstrap()}});
    log::warning(kafka::embedded_broker_limits,
                 {{"do", "kafka.brokers, for anything that is to last"}});
  }

  /// Throws std::runtime_error where its options are of no use.
  void open_traces() {
    if (!settings.tracing.is_configured())
      return;
    ports.traces = std::make_unique<span_exporter>(
      self->system(), settings.tracing,
      schemas::span_source{settings.cluster.name, settings.cluster.node,
                           WEIR_VERSION});
    log::info("spans go to a collector",
              {{"url", config::shown_url(settings.tracing.url)}});
  }

  tracer_ptr traces() const {
    return ports.traces ? ports.traces->spans() : nullptr;
  }

  /// From Kafka to the client, each with the one it talks to.
  void start_actors() {
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

  void start_routing(const std::vector<actor_executor>& executors) {
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
  void start_services() {
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
    disconnector = spawn_disconnector(
      actor_executor{self->system()},
      {settings.cluster.node, rules(), directory,
       [&ports = ports](auto whom, auto done) {
         ports.clients->disconnect(std::move(whom), std::move(done));
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

  /// What the operator asks for, once all are there whom that concerns.
  void start_operation() {
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

  /// Before anybody is let in. Throws std::runtime_error where a key is not
  /// what it should be.
  void identify_clients() {
    auto& x = settings.auth;
    if (!x.identifies_clients())
      return;
    if (!x.deny_topic.empty())
      denied = std::make_shared<auth::deny_list>(x.deny_memory);
    token_keys keys;
    if (x.jwt.is_configured())
      keys = load_token_keys();
    if (x.certificate_user != certificate_name::none)
      log::info("clients are users by their certificates");
    tokens = std::make_shared<const authenticator>(
      x.jwt, std::move(keys.now), std::move(keys.fetcher), denied);
  }

  struct token_keys {
    std::shared_ptr<auth::current_keys> now;
    std::shared_ptr<auth::key_fetcher> fetcher;
  };

  token_keys load_token_keys() {
    auto& jwt = settings.auth.jwt;
    ports.token_keys = std::make_shared<auth::key_files>(jwt);
    auto read = ports.token_keys->read();
    log::info("clients need tokens", {{"keys", read.size()}});
    auto keys = std::make_shared<auth::current_keys>(
      std::make_shared<const auth::key_set>(read));
    auto fetcher = std::make_shared<auth::key_fetcher>(
      jwt, std::move(read), keys, tell_key_fetches());
    // Those who reload may outlive what tells of fetches.
    ports.token_keys->on_reload(
      [weak = std::weak_ptr{fetcher}](auto& to, auto others) {
        auto x = weak.lock();
        return x ? x->prepare(to, std::move(others)) : [] {};
      });
    return {std::move(keys), std::move(fetcher)};
  }

  /// Throws std::runtime_error where its options are of no use.
  void open_webhook() {
    if (!settings.auth.webhook.is_configured())
      return;
    ports.webhook = std::make_unique<auth::webhook>(
      settings.auth.webhook, "/weir/" + settings.cluster.name,
      settings.limits.room_name, tell_webhook_outcomes());
  }

  /// Called on the webhook's thread, and on those that ask.
  auth::webhook::tell_outcome tell_webhook_outcomes() {
    using outcome = auth::webhook::outcome;
    std::map<outcome, caf::telemetry::int_counter*> counters;
    for (auto x : {outcome::allowed, outcome::denied, outcome::cached,
                   outcome::failed, outcome::left_alone, outcome::too_many})
      counters[x] = count(self->system(), metrics::webhook_decisions,
                          to_string(x));
    return [counters = std::move(counters)](outcome x, const std::string& why) {
      counters.at(x)->inc();
      if (x == outcome::failed || x == outcome::left_alone
          || x == outcome::too_many)
        log::limited(log_level::warning,
                     "the webhook does not answer: nobody is let in by it",
                     to_string(x),
                     {{"outcome", to_string(x)},
                      {"why", why},
                      {"do", "look at auth.webhook.url"}});
    };
  }

  /// Once there are clients to send away.
  void read_denied() {
    if (denied)
      deny_reader = std::make_unique<kafka::topic_reader>(
        settings.kafka, settings.cluster, settings.auth.deny_topic,
        std::make_shared<deny_listener>(self->system(), denied, disconnector));
  }

  /// Called on the fetcher's thread.
  auth::key_fetcher::tell_result tell_key_fetches() {
    return [good = count(self->system(), metrics::key_fetches, "fetched"),
            bad = count(self->system(), metrics::key_fetches, "failed")](
             const auth::key_fetch& x) {
      (x.problem.empty() ? good : bad)->inc();
      auto url = config::shown_url(x.url);
      if (!x.problem.empty())
        log::limited(log_level::warning,
                     "the keys of tokens cannot be fetched; the last good ones "
                     "are kept, and it is tried again",
                     url,
                     {{"url", url},
                      {"why", x.problem},
                      {"kept", x.is_new ? "those of before this URL, if any"
                                        : "those of this URL"}});
      else if (x.is_new)
        log::info("keys of tokens fetched", {{"url", url}});
      else
        log::debug("keys of tokens fetched again", {{"url", url}});
    };
  }

  /// Between whoever knows where partitions are, and whoever needs to.
  void start_cluster() {
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
  void send_clients_elsewhere() {
    log::info("clients are sent elsewhere",
              {{"connections", ports.clients->sessions()}});
    ports.clients->drain(settings.server.drain_time, [] {});
  }

  /// What each loop has of its own.
  void start_loop(std::size_t i) {
    auto executor = loops.executor(i);
    auto node = node_tag(settings.cluster.node);
    auto prefix = engineio::make_sid(node, i) + "-";
    routers.push_back(
      spawn_inbound_router(executor,
                           {rules(), settings.cluster.name, prefix,
                            max_event(settings.limits), traces()},
                           producers[i]));
    connection_context context{
      executor,
      rules(),
      settings.limits,
      settings.engineio.max_payload,
      settings.server.connect_timeout,
      routers.back(),
      directory,
      sockets,
      signer,
      [node, i] { return engineio::make_sid(node, i); },
      settings.engineio.ping_interval + settings.engineio.ping_timeout};
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

  void open_ports() {
    auto reserve = std::make_shared<http::descriptor_reserve>(kept_descriptors);
    auto counts = count_port_events(self->system());
    ports.clients = std::make_unique<http::client_server>(
      settings, loops.contexts(),
      [contexts = contexts](std::size_t loop, auto session) {
        spawn_connection(contexts->of(loop), std::move(session));
      },
      make_request_forwarder(self->system(), polls), counts, reserve,
      ports.client_tls,
      [bytes = gauge(self->system(), metrics::outbox_bytes)](std::int64_t n) {
        bytes->inc(n);
      },
      [admin = admin](std::string path, http::admin_respond respond) {
        tell_anonymously(admin, admin_query{{"GET", std::move(path), {}, {}},
                                            std::move(respond)});
      });
    ports.operators = std::make_unique<http::admin_server>(
      settings.admin, *loops.contexts().front(),
      [admin = admin](http::admin_request request,
                      http::admin_respond respond) {
        tell_anonymously(admin,
                         admin_query{std::move(request), std::move(respond)});
      },
      reserve, counts, ports.operator_tls, http::page_files{admin_page()},
      ui_options());
  }

  http::admin_ui_options ui_options() {
    if (!ui)
      return {};
    return {[ui = ui, executor = loops.executor(0),
             node = node_tag(settings.cluster.node)](auto session) {
              spawn_ui_session(executor, ui, std::move(session),
                               engineio::make_sid(node, 0));
            },
            settings.server.max_file_bytes};
  }

  void start_ui() {
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

  void announce() const {
    const log::field client{"client", ports.clients->url()};
    const log::field admin{"admin", ports.operators->url()};
    if (cluster_address.empty())
      log::info("listening", {client, admin});
    else
      log::info("listening", {client, admin, {"cluster", cluster_address}});
    tell_service_manager("READY=1");
  }

  // -- another configuration --------------------------------------------------

  const routes_ptr& rules() const { return reload.rules(); }

  using reload_answer = caf::typed_response_promise<config_reloaded>;

  /// One that stops is about to read nothing again. A second one that came
  /// while the first waits for readers might have another opinion of what is
  /// new.
  caf::result<config_reloaded> on_reload() {
    if (stopping)
      return config_reload::refuse({"the node is about to stop"});
    if (topics.is_adding())
      return config_reload::refuse({"another reload is under way, which waits "
                                    "for topics that are new: try again"});
    auto next = reload.read();
    if (!next.problems.empty())
      return config_reload::refuse(std::move(next.problems));
    auto answer = self->make_response_promise<config_reloaded>();
    if (topics.missing(*next.rules).empty())
      use(std::move(next), answer);
    else
      add_topics(std::move(next), answer);
    return answer;
  }

  /// Mappings have them only once they have readers.
  void add_topics(config_reload::candidate next, reload_answer answer) {
    auto added = topics.missing(*next.rules);
    try {
      if (ports.broker)
        ports.broker->add({added.begin(), added.end()});
    } catch (const std::runtime_error& e) {
      answer.deliver(config_reload::refuse({e.what()}));
      return;
    }
    auto rules_to_come = next.rules;
    topics.add(*rules_to_come, [this, next = std::move(next),
                                answer](const auto& problems) mutable {
      if (stopping)
        answer.deliver(config_reload::refuse({"the node is about to stop"}));
      else if (problems.empty())
        use(std::move(next), answer);
      else
        answer.deliver(
          config_reload::refuse(sentences(next.settings, problems)));
    });
  }

  static std::vector<std::string>
  sentences(const options& x, const read_topics::problems& problems) {
    std::vector<std::string> result;
    for (auto& [topic, why] : problems)
      result.push_back(config_reload::problem_of(x, topic, why));
    return result;
  }

  void use(config_reload::candidate next, reload_answer answer) {
    auto former = rules();
    auto live = live_fingerprint(reload.now());
    auto result = reload.use(std::move(next));
    settings.server.drain_time = reload.now().server.drain_time;
    show_limits(self->system(), reload.now());
    if (auto x = live_fingerprint(reload.now()); x != live)
      tell(self, cluster, use_config{config_fingerprint(reload.now()), x});
    if (rules() != former)
      return hand_out_rules(std::move(result), std::move(answer));
    topics.keep(*former); // what is new is of no use, if anything is
    answer.deliver(std::move(result));
  }

  /// Joins come to ROOM DIRECTORY by the mappings of now, or by ones that it
  /// knows to be former: so it is told before the connections. The answer comes
  /// when all of them have these.
  void hand_out_rules(config_reloaded done, reload_answer to) {
    struct open_answer {
      reload_answer to;
      config_reloaded content;
      std::size_t left;

      void one_less() {
        if (--left == 0)
          to.deliver(std::move(content));
      }
    };
    auto answer = std::make_shared<open_answer>(
      open_answer{std::move(to), std::move(done), censuses.size()});
    const use_routes news{rules()};
    tell(self, directory, news);
    topics.keep(*rules());
    tell(self, controller, news);
    tell(self, tail, news);
    contexts->change(rules());
    for (auto& x : censuses)
      self->request(x, switch_patience, news)
        .then([answer] { answer->one_less(); },
              [answer](const caf::error& e) {
                log::warning("a loop has yet to tell its connections of other "
                             "mappings",
                             {{"why", to_string(e)}});
                answer->one_less();
              });
  }

  // -- stop -------------------------------------------------------------------

  std::vector<caf::actor> singletons() const {
    auto all = std::vector{caf::actor_cast<caf::actor>(group),
                           caf::actor_cast<caf::actor>(cluster),
                           caf::actor_cast<caf::actor>(outbound),
                           caf::actor_cast<caf::actor>(directory),
                           caf::actor_cast<caf::actor>(sockets),
                           caf::actor_cast<caf::actor>(polls),
                           caf::actor_cast<caf::actor>(disconnector),
                           caf::actor_cast<caf::actor>(inspector),
                           caf::actor_cast<caf::actor>(tail),
                           caf::actor_cast<caf::actor>(controller),
                           caf::actor_cast<caf::actor>(admin)};
    for (auto& x : producers)
      all.push_back(caf::actor_cast<caf::actor>(x));
    for (auto& x : routers)
      all.push_back(caf::actor_cast<caf::actor>(x));
    for (auto& x : censuses)
      all.push_back(caf::actor_cast<caf::actor>(x));
    return all;
  }

  /// The node is of no use without one of these: better to end, so that
  /// whoever watches the process restarts it and clients go elsewhere.
  void on_down(const caf::down_msg& x) {
    if (stopping)
      return;
    log::error("an actor that the node needs has failed",
               {{"why", to_string(x.reason)}});
    stop(caf::exit_reason::unknown);
  }

  /// Nobody new is let in; the rest one after the other. A node that is alone
  /// keeps its partitions to the end, since nobody else would serve its
  /// clients. One of several hands them over first: those who are still
  /// connected get their records from the others, from where they are, and
  /// those who come back elsewhere find everything in its place. What clients
  /// emit goes to Kafka until the last of them is gone.
  void on_drain() {
    if (std::exchange(stopping, true))
      return;
    log::info("stopping", {{"connections", ports.clients->sessions()}});
    tell_service_manager("STOPPING=1");
    tell(self, admin, drain{});
    ports.clients->stop_accepting();
    if (peers.empty())
      steps = {&gateway_state::close_clients, &gateway_state::flush,
               &gateway_state::leave_group};
    else
      steps = {&gateway_state::leave_group, &gateway_state::close_clients,
               &gateway_state::flush};
    steps.push_back(&gateway_state::leave_cluster);
    next_step();
  }

  void next_step() {
    if (steps.empty())
      return stop({});
    auto step = steps.front();
    steps.pop_front();
    (this->*step)();
  }

  void close_clients() {
    auto time = settings.server.drain_time;
    drain_timeout.start(self, actor_executor{self->system()},
                        time + close_timeout, [this] { on_clients_gone(); });
    ports.clients->drain(time, [me = gateway_actor{self}] {
      tell_anonymously(me, clients_gone{});
    });
    closing_clients = true;
  }

  void on_clients_gone() {
    if (!std::exchange(closing_clients, false))
      return;
    drain_timeout.cancel();
    next_step();
  }

  void flush() {
    request_step(producers.back(), flush_timeout,
                 "some events were not stored in time");
  }

  void leave_group() {
    request_step(group, leave_timeout,
                 "the consumer group was not left in time");
  }

  void leave_cluster() {
    request_step(cluster, farewell_timeout,
                 "the other nodes were not told in time");
  }

  template <class Handle>
  void request_step(const Handle& from, std::chrono::seconds timeout,
                    const char* too_late) {
    self->request(from, timeout, drain{})
      .then([this] { next_step(); },
            [this, too_late](const caf::error&) {
              log::warning(too_late);
              next_step();
            });
  }

  void stop(caf::error why) {
    stopping = true;
    ports.clients->stop_accepting();
    ports.clients->close_sessions();
    for (auto& x : singletons())
      self->send_exit(x, caf::exit_reason::user_shutdown);
    if (ui)
      self->send_exit(ui, caf::exit_reason::user_shutdown);
    self->quit(std::move(why));
  }

  gateway_actor::pointer self;
  options settings;
  io_loops& loops;
  node_ports& ports;
  std::shared_ptr<loop_contexts> contexts = std::make_shared<loop_contexts>();
  config_reload reload;
  read_topics topics;
  std::vector<producer_actor> producers; ///< of each loop; the last one leads
  outbound_router_actor outbound;
  cluster_actor cluster;
  std::string cluster_address; ///< empty: this node is alone
  consumer_group_actor group;
  room_directory_actor directory;
  socket_directory_actor sockets;
  poll_forwarder_actor polls;
  disconnector_actor disconnector;
  inspector_actor inspector;
  topic_tail_actor tail;
  controller_actor controller;
  std::shared_ptr<const schemas::recovery_signer> signer;
  std::shared_ptr<auth::deny_list> denied;     ///< null: nobody can be
  std::shared_ptr<const authenticator> tokens; ///< null: nobody is asked
  std::shared_ptr<user_connections> users; ///< null: any number of connections
  std::vector<inbound_router_actor> routers;
  std::vector<connection_census_actor> censuses; ///< of each loop
  loop_meters meters;                            ///< likewise
  std::vector<std::shared_ptr<loop_heat>> heats; ///< likewise
  admin_actor admin;
  admin_ui_actor ui;           ///< null: there is none
  std::set<std::string> peers; ///< tags of the nodes that could take over
  std::deque<void (gateway_state::*)()> steps; ///< of a stop
  loop_timer drain_timeout;
  bool stopping = false;
  bool closing_clients = false;
  std::unique_ptr<kafka::topic_reader> deny_reader; ///< null: none is needed
};

} // namespace

gateway_actor spawn_gateway(actor_executor executor, options settings,
                            io_loops& loops, node_ports& ports,
                            load_options load) {
  return executor.spawn<gateway_actor, gateway_state>(
    std::move(settings), std::ref(loops), std::ref(ports), std::move(load));
}

} // namespace weir
