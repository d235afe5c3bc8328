#include "actors/node/port_counts.hpp"

#include "actors/runtime/metrics/ports.hpp"

#include <string_view>

namespace weir {

namespace {

struct counted {
  const metric& as;
  std::string_view label = {}; ///< its value; empty: the metric has none
};

counted look_up(engineio::port_event x) {
  using enum engineio::port_event;
  switch (x) { // of all: the compiler tells of one that is missing
    case connection_refused:
      return {metrics::connections_refused};
    case address_full:
      return {metrics::rate_limited, "connections_per_address"};
    case address_too_often:
      return {metrics::rate_limited, "connection_rate"};
    case node_too_often:
      return {metrics::rate_limited, "handshakes"};
    case requests_too_often:
      return {metrics::rate_limited, "requests"};
    case packets_too_often:
      return {metrics::rate_limited, "packets"};
    case request_refused:
      return {metrics::http_requests_refused};
    case head_failed:
      return {metrics::clients_cut_off, "head"};
    case body_failed:
      return {metrics::clients_cut_off, "body"};
    case answer_failed:
      return {metrics::clients_cut_off, "answer"};
    case upgrade_failed:
      return {metrics::clients_cut_off, "upgrade"};
    case frame_failed:
      return {metrics::clients_cut_off, "frame"};
    case packet_failed:
      return {metrics::clients_cut_off, "packet"};
    case connect_failed:
      return {metrics::clients_cut_off, "connect"};
    case origin_refused:
      return {metrics::origins_refused};
    case operator_refused:
      return {metrics::operators_refused};
    case tls_failed:
      return {metrics::tls_failed};
    case accept_failed:
      return {metrics::accepts_failed};
    case out_of_memory:
      break;
  }
  return {metrics::out_of_memory};
}

} // namespace

engineio::tell_port_event count_port_events(caf::actor_system& system) {
  return [&system](engineio::port_event x) {
    auto [metric, label] = look_up(x);
    count(system, metric, label)->inc();
  };
}

} // namespace weir
