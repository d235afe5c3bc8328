#include "actors/client/connection.hpp"
#include "actors/cluster/poll_forwarder.hpp"
#include "actors/node/admin_page.hpp"
#include "actors/node/gateway_state.hpp"
#include "actors/node/port_counts.hpp"
#include "actors/node/service_manager.hpp"
#include "actors/node/ui_session.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "config/log.hpp"
#include "transport/engineio/sid.hpp"

#include <utility>

namespace weir {

namespace {

/// For /livez, /readyz, /metrics and an operator who looks why.
constexpr std::size_t kept_descriptors = 4;

} // namespace

void gateway_state::open_ports() {
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
    [admin = admin](http::admin_request request, http::admin_respond respond) {
      tell_anonymously(admin,
                       admin_query{std::move(request), std::move(respond)});
    },
    reserve, counts, ports.operator_tls, http::page_files{admin_page()},
    ui_options());
}

http::admin_ui_options gateway_state::ui_options() {
  if (!ui)
    return {};
  return {[ui = ui, executor = loops.executor(0),
           node = node_tag(settings.cluster.node)](auto session) {
            spawn_ui_session(executor, ui, std::move(session),
                             engineio::make_sid(node, 0));
          },
          settings.server.max_file_bytes};
}

void gateway_state::announce() const {
  const log::field client{"client", ports.clients->url()};
  const log::field admin{"admin", ports.operators->url()};
  if (cluster_address.empty())
    log::info("listening", {client, admin});
  else
    log::info("listening", {client, admin, {"cluster", cluster_address}});
  tell_service_manager("READY=1");
}

} // namespace weir
