#include "actors/node/gateway.hpp"

#include "actors/node/gateway_state.hpp"
#include "actors/runtime/metrics.hpp"
#include "config/log.hpp"
#include "config/secret.hpp"

#include <functional>
#include <utility>

namespace weir {

gateway_state::gateway_state(gateway_actor::pointer self, options given,
                             io_loops& loops, node_ports& ports,
                             load_options load)
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

gateway_actor::behavior_type gateway_state::make_behavior() {
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

void gateway_state::start_broker() {
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
void gateway_state::open_traces() {
  if (!settings.tracing.is_configured())
    return;
  ports.traces = std::make_unique<span_exporter>(
    self->system(), settings.tracing,
    schemas::span_source{settings.cluster.name, settings.cluster.node,
                         WEIR_VERSION});
  log::info("spans go to a collector",
            {{"url", config::shown_url(settings.tracing.url)}});
}

tracer_ptr gateway_state::traces() const {
  return ports.traces ? ports.traces->spans() : nullptr;
}

std::vector<caf::actor> gateway_state::singletons() const {
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
void gateway_state::on_down(const caf::down_msg& x) {
  if (stopping)
    return;
  log::error("an actor that the node needs has failed",
             {{"why", to_string(x.reason)}});
  stop(caf::exit_reason::unknown);
}

void gateway_state::stop(caf::error why) {
  stopping = true;
  ports.clients->stop_accepting();
  ports.clients->close_sessions();
  for (auto& x : singletons())
    self->send_exit(x, caf::exit_reason::user_shutdown);
  if (ui)
    self->send_exit(ui, caf::exit_reason::user_shutdown);
  self->quit(std::move(why));
}

gateway_actor spawn_gateway(actor_executor executor, options settings,
                            io_loops& loops, node_ports& ports,
                            load_options load) {
  return executor.spawn<gateway_actor, gateway_state>(
    std::move(settings), std::ref(loops), std::ref(ports), std::move(load));
}

} // namespace weir
