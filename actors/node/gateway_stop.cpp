#include "actors/node/gateway_state.hpp"
#include "actors/node/service_manager.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"
#include "transport/engineio/session_drain.hpp"

#include <chrono>
#include <utility>

namespace weir {

namespace {

/// How long a stop waits for its clients beyond `server.drain_time`, for Kafka
/// to store what was emitted, for the group to be left, and for the other nodes
/// to be told.
constexpr auto close_timeout = engineio::session_drain::close_timeout
                               + std::chrono::seconds{1};
constexpr auto flush_timeout = std::chrono::seconds{10};
constexpr auto leave_timeout = std::chrono::seconds{10};
constexpr auto farewell_timeout = std::chrono::seconds{1};

} // namespace

/// Nobody new is let in; the rest one after the other. A node that is alone
/// keeps its partitions to the end, since nobody else would serve its
/// clients. One of several hands them over first: those who are still
/// connected get their records from the others, from where they are, and
/// those who come back elsewhere find everything in its place. What clients
/// emit goes to Kafka until the last of them is gone.
void gateway_state::on_drain() {
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

void gateway_state::next_step() {
  if (steps.empty())
    return stop({});
  auto step = steps.front();
  steps.pop_front();
  (this->*step)();
}

void gateway_state::close_clients() {
  auto time = settings.server.drain_time;
  drain_timeout.start(self, actor_executor{self->system()},
                      time + close_timeout, [this] { on_clients_gone(); });
  ports.clients->drain(time, [me = gateway_actor{self}] {
    tell_anonymously(me, clients_gone{});
  });
  closing_clients = true;
}

void gateway_state::on_clients_gone() {
  if (!std::exchange(closing_clients, false))
    return;
  drain_timeout.cancel();
  next_step();
}

template <class Handle>
void gateway_state::request_step(const Handle& from,
                                 std::chrono::seconds timeout,
                                 const char* too_late) {
  self->request(from, timeout, drain{})
    .then([this] { next_step(); },
          [this, too_late](const caf::error&) {
            log::warning(too_late);
            next_step();
          });
}

void gateway_state::flush() {
  request_step(producers.back(), flush_timeout,
               "some events were not stored in time");
}

void gateway_state::leave_group() {
  request_step(group, leave_timeout, "the consumer group was not left in time");
}

void gateway_state::leave_cluster() {
  request_step(cluster, farewell_timeout,
               "the other nodes were not told in time");
}

} // namespace weir
