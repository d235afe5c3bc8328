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

std::unique_ptr<socket_recovery>
connection_state::make_recovery(const nsp_routes& rules,
                                std::string pid) const {
  return std::make_unique<socket_recovery>(*context->signer,
                                           rules.settings().name,
                                           std::move(pid),
                                           context->limits.recovery_offset);
}

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
  auto& socket = sockets.emplace_back();
  socket.rules = &rules;
  socket.identity = std::make_shared<const socket_identity>(
    socket_identity{std::move(*id), rules.index(), std::move(who.user)});
  socket.token = std::move(who.token);
  socket.rights = std::move(who.rights);
  socket.verdict = std::move(who.verdict);
  socket.recovery = make_recovery(rules, std::move(*pid));
  socket.recovery->resume(position->seconds);
  socket.resuming = std::make_unique<resumption>();
  socket.resuming->payload = payload;
  socket.resuming->lease = begin_request(socket.identity, payload.size());
  socket.resuming->timer.start(
    self, context->executor, rules.settings().recovery,
    [this, identity = socket.identity] {
      if (auto* late = find(identity))
        start_over(*late, "the rooms do not answer in time");
    });
  tell(self, context->sockets,
       resume_socket{me, socket.identity, position->seconds, position->node,
                     socket.resuming->lease});
  socket.resuming->position = std::move(*position);
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
    return rules.mapping_of(room.room) != nullptr;
  };
  return age <= rules.settings().recovery + context->read_timeout
         && x.rooms.size() <= context->limits.rooms_per_socket
         && std::all_of(x.rooms.begin(), x.rooms.end(), may_join);
}

/// All rooms are joined again, each at the offset where the client was.
void connection_state::on_resume_answered(const resume_answered& x) {
  auto* socket = find(x.socket);
  if (socket == nullptr)
    return tell(self, context->sockets, socket_closed{x.socket, 0});
  if (!socket->resuming)
    return;
  if (!x.granted)
    return start_over(*socket, "the offset is not the client's last");
  drop_lost_rooms(*socket);
  auto& resuming = *socket->resuming;
  resuming.awaited = resuming.position.rooms.size();
  for (auto& room : resuming.position.rooms)
    if (asks(*socket->rules, "join"))
      request_join(*socket, room.room, {pending_join::kind::resumes});
    else
      join_again(*socket, socket->rooms.add(room.room), room);
  if (resuming.awaited == 0)
    finish_resume(*socket);
}

void connection_state::drop_lost_rooms(const socket_state& socket) {
  auto& lost = socket.resuming->lost;
  std::erase_if(socket.resuming->position.rooms, [&](auto& x) {
    if (may(socket, right::join, *socket.rules->mapping_of(x.room), x.room))
      return false;
    lost.emplace_back(x.room, emit_errc::not_allowed);
    return true;
  });
}

void connection_state::join_again(const socket_state& socket, membership& m,
                                  const schemas::recovered_room& x) {
  auto request = request_for(socket, m, {});
  request.since = {x.next.begin(), x.next.end()};
  for (auto& [partition, log] : x.logs)
    request.logs[partition] = {log.id, log.leader_epoch};
  request.of_partitions = x.of_partitions;
  request.resumes = true;
  tell(self, context->directory, std::move(request));
}

void connection_state::on_room_resumed(socket_state& socket, membership& room,
                                       const join_answered& x) {
  if (x.error != emit_errc::none)
    return on_room_refused(socket, room, x);
  begin_at(socket, room, x);
  if (--socket.resuming->awaited == 0)
    finish_resume(socket);
}

/// While Kafka does not answer, the client waits: what it missed is still
/// there. A room that has failed with the join would be asked for ever.
void connection_state::on_room_refused(socket_state& socket, membership& room,
                                       const join_answered& x) {
  auto is_lost = x.room == 0;
  if (x.error != emit_errc::unavailable || is_lost)
    return start_over(socket, x.message);
  auto& rooms = socket.resuming->position.rooms;
  auto i = std::find_if(rooms.begin(), rooms.end(),
                        [&](auto& y) { return y.room == room.room; });
  join_again(socket, room, *i);
}

void connection_state::finish_resume(socket_state& socket) {
  count(self->system(), metrics::resumes, "recovered")->inc();
  auto lost = std::move(socket.resuming->lost);
  socket.resuming.reset();
  send_text(socketio::encode_connect(socket.nsp(), socket.identity->id,
                                     socket.recovery->pid()));
  watch_token(socket);
  watch_verdict(socket);
  for (auto& [room, reason] : lost)
    tell_left(socket, room, reason);
  send_position(socket);
  join_automatically(socket);
  catch_up_rooms();
}

void connection_state::start_over(socket_state& socket, std::string_view why) {
  log::debug("a client starts over", {{"sid", sid()}, {"why", why}});
  count(self->system(), metrics::resumes, "refused")->inc();
  auto payload = std::move(socket.resuming->payload);
  auto& rules = *socket.rules;
  entrant who{std::move(socket.token), std::move(socket.rights),
              socket.identity->user, std::move(socket.verdict),
              std::move(socket.slot)};
  leave_nsp(socket);
  open(rules, payload, std::move(who));
}

void connection_state::on_take_over(const take_over& x) {
  if (find(x.socket) == nullptr)
    return;
  log::debug("closed: the client is on another connection now",
             {{"sid", sid()}});
  close();
}

void connection_state::on_pong() {
  auto now = context->now();
  for (auto& socket : sockets) {
    if (!socket.recovery || socket.resuming)
      continue;
    socket.recovery->on_pong();
    if (now > socket.recovery->written())
      send_position(socket); // an idle client's offset would grow old
    socket.recovery->expect_pong();
  }
}

void connection_state::send_position(socket_state& socket) {
  send_event(socket, "weir:position", {});
}

} // namespace weir
