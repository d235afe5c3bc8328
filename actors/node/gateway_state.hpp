#pragma once

// GATEWAY's state; the parts of it lie in
//
//   gateway.cpp        its life: the order of the start, and what fails
//   gateway_actors.cpp the node's actors, each with those it talks to
//   gateway_auth.cpp   who decides who may come
//   gateway_ports.cpp  where clients and operators come
//   gateway_reload.cpp another configuration
//   gateway_stop.cpp   the order of a stop

#include "actors/client/authenticator.hpp"
#include "actors/client/loop_contexts.hpp"
#include "actors/client/user_connections.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/control.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/heat.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/polls.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/node/admin_ui.hpp"
#include "actors/node/config_reload.hpp"
#include "actors/node/gateway.hpp"
#include "actors/node/read_topics.hpp"
#include "transport/kafka/topic_reader.hpp"

#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// All of a node's actors, and what has to happen in an order.
struct gateway_state {
  static inline const char* name = "weir.gateway";

  struct token_keys {
    std::shared_ptr<auth::current_keys> now;
    std::shared_ptr<auth::key_fetcher> fetcher;
  };

  using reload_answer = caf::typed_response_promise<config_reloaded>;

  gateway_state(gateway_actor::pointer self, options given, io_loops& loops,
                node_ports& ports, load_options load);
  gateway_actor::behavior_type make_behavior();
  void start_broker();
  void open_traces();
  tracer_ptr traces() const;
  std::vector<caf::actor> singletons() const;
  void on_down(const caf::down_msg& x);
  void stop(caf::error why);

  // -- actors -----------------------------------------------------------------

  void start_actors();
  void start_routing(const std::vector<actor_executor>& executors);
  void start_services();
  void start_cluster();
  void send_clients_elsewhere();
  void start_loop(std::size_t i);
  void start_operation();
  void start_ui();

  // -- who may come -----------------------------------------------------------

  void identify_clients();
  token_keys load_token_keys();
  auth::key_fetcher::tell_result tell_key_fetches();
  void open_webhook();
  auth::webhook::tell_outcome tell_webhook_outcomes();
  void read_denied();

  // -- ports ------------------------------------------------------------------

  void open_ports();
  http::admin_ui_options ui_options();
  void announce() const;

  // -- another configuration --------------------------------------------------

  const routes_ptr& rules() const { return reload.rules(); }

  caf::result<config_reloaded> on_reload();
  void add_topics(config_reload::candidate next, reload_answer answer);
  void use(config_reload::candidate next, reload_answer answer);
  void hand_out_rules(config_reloaded done, reload_answer to);

  // -- an orderly stop --------------------------------------------------------

  void on_drain();
  void next_step();
  void close_clients();
  void on_clients_gone();
  template <class Handle>
  void request_step(const Handle& from, std::chrono::seconds timeout,
                    const char* too_late);
  void flush();
  void leave_group();
  void leave_cluster();

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

} // namespace weir
