#pragma once

#include "actors/cluster/link_certificates.hpp"
#include "actors/contract/operation.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/span_exporter.hpp"
#include "config/load.hpp"
#include "config/options.hpp"
#include "transport/auth/key_files.hpp"
#include "transport/auth/webhook.hpp"
#include "transport/http/admin_server.hpp"
#include "transport/http/client_server.hpp"
#include "transport/kafka/embedded_broker.hpp"

#include <functional>
#include <memory>

namespace weir {

/// What a node has open. It must outlive the loops' threads, and end before
/// the loops themselves.
struct node_ports {
  std::shared_ptr<http::tls_port> client_tls;     ///< null: no TLS
  std::shared_ptr<http::tls_port> operator_tls;   ///< likewise
  std::shared_ptr<link_certificates> links_tls;   ///< likewise, or no links
  std::shared_ptr<auth::key_files> token_keys;    ///< null: no tokens
  std::unique_ptr<auth::webhook> webhook;         ///< null: none is asked
  std::unique_ptr<span_exporter> traces;          ///< null: nothing is traced
  std::unique_ptr<kafka::embedded_broker> broker; ///< null: a real one is used
  std::unique_ptr<http::client_server> clients;
  std::unique_ptr<http::admin_server> operators;
};

/// Reads the configuration and checks it, as at the start.
using load_options = std::function<loaded_config()>;

/// Spawns the GATEWAY, and with it the whole node. `loops` must run until the
/// actor system's last actor has ended; they are started here once everything
/// is open. What is opened goes to `ports`,
/// which has the certificates already. `load` is for whoever has the
/// configuration read again.
/// The gateway ends when the node has stopped: normally after `drain`, with an
/// error when an actor that the node cannot do without has failed.
/// Throws std::runtime_error when a port or Kafka's client library refuses.
gateway_actor spawn_gateway(actor_executor executor, options settings,
                            io_loops& loops, node_ports& ports,
                            load_options load = {});

} // namespace weir
