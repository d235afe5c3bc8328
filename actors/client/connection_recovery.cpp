// Connection state recovery: the wire is Socket.IO's own; what a client hands
// back is enough to restore its socket on any node, so nothing is stored.

#include "actors/client/connection_state.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "transport/socketio/encoder.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>

namespace weir {

namespace {

std::optional<std::string> text_at(std::string_view json,
                                   std::string_view pointer) {
  auto value = json.empty() ? std::nullopt : json::at(json, pointer);
  return value ? json::string_value(*value) : std::nullopt;
}

} // namespace

bool connection_state::try_resume(const nsp_routes& rules,
                                  std::string_view payload, entrant& who) {
  auto pid = text_at(payload, "/pid");
  auto offset = text_at(payload, "/offset");
  if (rules.settings().recovery.count() == 0 || !pid || !offset)
    return false;
  auto& nsp = rules.settings().name;
  auto id = context->signer->socket_of(nsp, *pid, who.user);
  auto position = context->signer->read(nsp, *pid, *offset);
  if (!id || !position || !may_return(rules, *position)) {
    log::debug("a client cannot resume", {{"sid", sid()}, {"nsp", nsp}});
    count(self->system(), metrics::resumes, "refused")->inc();
    return false;
  }
  sockets.emplace_back(*this, rules, std::move(*id), std::move(who))
    .resume(std::move(*pid), payload, std::move(*position));
  return true;
}

/// Whether the offset is young enough, and the socket may be in its rooms. An
/// offset is renewed with each heartbeat, so it may be older than the time for
/// which the client was away by that of one.
bool connection_state::may_return(const nsp_routes& rules,
                                  const schemas::recovered_position& x) const {
  using std::chrono::seconds;
  auto age = seconds{context->now() - x.seconds};
  auto may_join = [&](auto& room) {
    auto* route = rules.mapping_of(room.room);
    return route != nullptr && route->has_written(room.mapping);
  };
  return age <= rules.settings().recovery + context->read_timeout
         && x.rooms.size() <= context->limits.rooms_per_socket
         && std::all_of(x.rooms.begin(), x.rooms.end(), may_join);
}

void connection_state::on_resume_answered(const resume_answered& x) {
  auto* socket = find(x.socket);
  if (socket == nullptr)
    return tell(self, context->sockets, socket_closed{x.socket, 0});
  if (!socket->resuming)
    return;
  if (x.granted)
    socket->rejoin_rooms();
  else
    start_over(*socket, "the offset is not the client's last");
}

void connection_state::start_over(client_socket& socket, std::string_view why) {
  log::debug("a client starts over", {{"sid", sid()}, {"why", why}});
  count(self->system(), metrics::resumes, "refused")->inc();
  auto payload = std::move(socket.resuming->payload);
  auto& its_rules = *socket.rules;
  auto who = socket.take_entrant();
  leave_nsp(socket);
  open(its_rules, payload, std::move(who));
}

void connection_state::on_take_over(const take_over& x) {
  if (find(x.socket) == nullptr)
    return;
  log::debug("closed: the client is on another connection now",
             {{"sid", sid()}});
  close();
}

void connection_state::on_pong() {
  for (auto& socket : sockets)
    socket.on_pong();
}

} // namespace weir
