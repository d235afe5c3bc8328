// The rooms of a socket that comes back, see connection_recovery.cpp.

#include "actors/client/client_socket.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "transport/socketio/encoder.hpp"

#include <algorithm>

namespace weir {

void client_socket::start_recovery(std::string pid) {
  recovery = std::make_unique<socket_recovery>(
    *host.context->signer, nsp(), std::move(pid),
    host.context->limits.recovery_offset);
}

void client_socket::resume(std::string pid, std::string_view payload,
                           schemas::recovered_position from) {
  start_recovery(std::move(pid));
  recovery->resume(from.seconds);
  resuming = std::make_unique<resumption>();
  resuming->payload = payload;
  resuming->lease = host.begin_request(identity, payload.size());
  resuming->timer.start(
    host.self, host.context->executor, rules->settings().recovery,
    [this] { host.start_over(*this, "the rooms do not answer in time"); });
  tell(host.self, host.context->sockets,
       resume_socket{host.me, identity, from.seconds, from.node,
                     resuming->lease});
  resuming->position = std::move(from);
}

/// All are joined again, each at the offset where the client was.
void client_socket::rejoin_rooms() {
  drop_lost_rooms();
  resuming->awaited = resuming->position.rooms.size();
  for (auto& room : resuming->position.rooms)
    if (asks(*rules, "join"))
      host.request_join(*this, room.room, {pending_join::kind::resumes});
    else
      join_again(rooms.add(room.room), room);
  if (resuming->awaited == 0)
    finish_resume();
}

void client_socket::drop_lost_rooms() {
  auto& lost = resuming->lost;
  std::erase_if(resuming->position.rooms, [&](auto& x) {
    if (may(right::join, *rules->mapping_of(x.room), x.room))
      return false;
    lost.emplace_back(x.room, emit_errc::not_allowed);
    return true;
  });
}

void client_socket::join_again(membership& m,
                               const schemas::recovered_room& x) const {
  auto request = request_for(m, {});
  request.since = {x.next.begin(), x.next.end()};
  for (auto& [partition, log] : x.logs)
    request.logs[partition] = {log.id, log.leader_epoch};
  request.of_partitions = x.of_partitions;
  request.resumes = true;
  tell(host.self, host.context->directory, std::move(request));
}

void client_socket::on_return_decided(const std::string& room,
                                      emit_errc error) {
  if (!resuming)
    return;
  auto& awaited = resuming->position.rooms;
  auto i = std::find_if(awaited.begin(), awaited.end(),
                        [&](auto& x) { return x.room == room; });
  if (error == emit_errc::none)
    return join_again(rooms.add(room), *i);
  resuming->lost.emplace_back(room, error);
  awaited.erase(i);
  if (--resuming->awaited == 0)
    finish_resume();
}

void client_socket::on_room_resumed(membership& m, const join_answered& x) {
  if (x.error != emit_errc::none)
    return on_room_refused(m, x);
  begin_at(m, x);
  if (--resuming->awaited == 0)
    finish_resume();
}

/// While Kafka does not answer, the client waits: what it missed is still
/// there. A room that has failed with the join would be asked for ever.
void client_socket::on_room_refused(membership& m, const join_answered& x) {
  auto is_lost = x.room == 0;
  if (x.error != emit_errc::unavailable || is_lost)
    return host.start_over(*this, x.message);
  auto& awaited = resuming->position.rooms;
  auto i = std::find_if(awaited.begin(), awaited.end(),
                        [&](auto& y) { return y.room == m.room; });
  join_again(m, *i);
}

void client_socket::finish_resume() {
  count(host.self->system(), metrics::resumes, "recovered")->inc();
  auto lost = std::move(resuming->lost);
  resuming.reset();
  host.send_text(
    socketio::encode_connect(nsp(), identity->id, recovery->pid()));
  watch_token();
  watch_verdict();
  for (auto& [room, reason] : lost)
    tell_left(room, to_string(reason));
  send_position();
  join_automatically();
  host.read_rooms();
}

void client_socket::on_pong() {
  if (!recovery || resuming)
    return;
  recovery->on_pong();
  if (host.context->now() > recovery->written())
    send_position(); // an idle client's offset would grow old
  recovery->expect_pong();
}

} // namespace weir
