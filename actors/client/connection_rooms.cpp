#include "actors/client/answers.hpp"
#include "actors/client/connection_state.hpp"
#include "actors/client/offset_template.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "config/log.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>

namespace weir {

using socketio::packet;

// -- joining and leaving ------------------------------------------------------

/// The room that a join or leave event names; nothing: it was refused.
std::optional<std::string> connection_state::room_of(socket_state& socket,
                                                     const packet& x) {
  auto args = x.args;
  auto first = json::pop_front(args);
  auto room = first.empty() ? std::nullopt : json::string_value(first);
  auto limit = context->limits.room_name;
  if (!room)
    refuse(socket, x.ack_id, emit_errc::invalid_payload,
           "the first argument must be the room's name");
  if (!room || room->size() <= limit)
    return room;
  refuse(socket, x.ack_id, emit_errc::too_large,
         "a room's name has at most limits.room_name bytes: "
           + std::to_string(limit));
  return std::nullopt;
}

std::optional<room_offset> connection_state::since_of(socket_state& socket,
                                                      const packet& x) {
  auto value = json::at(x.json, "/2/since");
  if (!value)
    return room_offset{};
  auto text = value->size() <= max_since ? json::string_value(*value)
                                         : std::nullopt;
  auto offset = text ? read_offset(*text) : std::nullopt;
  if (!offset)
    refuse(socket, x.ack_id, emit_errc::invalid_payload,
           "since must be an offset that an earlier join has got");
  return offset;
}

void connection_state::on_join_event(socket_state& socket, const packet& x) {
  auto room = room_of(socket, x);
  if (!room)
    return;
  auto* route = socket.rules->mapping_of(*room);
  if (route == nullptr)
    return refuse(socket, x.ack_id, emit_errc::unknown_room,
                  "no mapping of this namespace has such a room");
  if (route->settings.join != join_policy::client)
    return refuse(socket, x.ack_id, emit_errc::not_allowed,
                  "clients cannot join this room");
  if (!may_or_refuse(socket, x.ack_id, right::join, *route, *room))
    return;
  auto since = since_of(socket, x);
  if (!since || !may_join(socket, x.ack_id, *room, *since))
    return;
  if (asks(*socket.rules, "join"))
    request_join(socket, *room,
                 {pending_join::kind::client, std::string{x.ack_id},
                  x.json.size(), std::move(*since)});
  else
    join(socket, *room, {x.ack_id, x.json.size()}, std::move(*since));
}

/// An offset is not signed: it may be any.
bool connection_state::may_join(socket_state& socket, std::string_view ack_id,
                                std::string_view room,
                                const room_offset& since) {
  auto& route = *socket.rules->mapping_of(room);
  return may_or_refuse(socket, ack_id, right::join, route, room)
         && (since.next.empty()
             || may_or_refuse(socket, ack_id, right::history, route, room));
}

void connection_state::join(socket_state& socket, const std::string& room,
                            const origin& from, room_offset since) {
  auto* membership = socket.rooms.find(room);
  if (membership == nullptr) {
    if (socket.rooms.size() >= context->limits.rooms_per_socket)
      return refuse(socket, from.ack_id, emit_errc::not_allowed,
                    "the socket is in as many rooms as it may be");
    membership = &socket.rooms.add(room);
  }
  auto request = request_for(socket, *membership, from);
  request.since = std::move(since.next);
  request.logs = std::move(since.logs);
  request.of_partitions = since.of_partitions;
  tell(self, context->directory, std::move(request));
}

join_room connection_state::request_for(const socket_state& socket,
                                        membership& m, const origin& from) {
  ++m.joins;
  auto* route = socket.rules->mapping_of(m.room);
  std::string ack_id{from.ack_id};
  auto number = requests.add({open_requests::kind::join, socket.identity,
                              ack_id, from.cost, m.room, m.number});
  join_room result{me,
                   {socket.identity, std::move(ack_id), number},
                   route,
                   m.room,
                   *route->key_of(m.room),
                   m.number};
  result.with_history = may(socket, right::history, *route, m.room);
  result.lease = lease_of(number);
  return result;
}

void connection_state::on_join_answered(join_answered& x) {
  auto* request = requests.find(x.ack.request);
  if (request == nullptr || std::exchange(request->is_answered, true))
    return;
  on_join_settled(x, requests.take_ack(x.ack.request));
}

/// The answer belongs to the request; what it means for the membership is
/// another matter, as the socket may have left or joined again meanwhile.
void connection_state::on_join_settled(const join_answered& x,
                                       std::string_view ack_id) {
  auto* socket = find(x.ack.socket);
  if (socket == nullptr)
    return; // the client has been notified
  auto* m = socket->rooms.find(x.room_name);
  auto is_current = m != nullptr && m->number == x.membership;
  if (is_current)
    --m->joins;
  if (is_current && socket->resuming)
    return on_room_resumed(*socket, *m, x);
  // Before the ack: whoever has that can also come back to the room.
  if (is_current)
    settle(*socket, *m, x);
  else
    requests.note_begin(x);
  if (x.error == emit_errc::none)
    answer(*socket, ack_id,
           room_answer(x.room_name, {x.from, x.logs, x.of_partitions}));
  else
    refuse(*socket, ack_id, x.error, x.message);
  if (!is_current || x.error != emit_errc::none)
    return;
  for (auto& [partition, at] : x.restarted) {
    auto begin = x.from.find(partition);
    auto to = begin == x.from.end() ? 0 : std::min(begin->second, at);
    send_event(*socket, "weir:gap",
               gap_argument(x.room_name, partition, at, to));
  }
}

void connection_state::settle(socket_state& socket, membership& m,
                              const join_answered& x) {
  if (x.error == emit_errc::none) {
    begin_at(socket, m, x);
    send_new_position(socket);
    if (m.is_behind())
      catch_up_rooms();
  } else if (m.id == 0 && m.joins == 0) {
    socket.rooms.remove(x.room_name);
  }
}

/// Where the room lets the member begin. One that was in already is behind only
/// where it has asked to begin at an earlier offset.
void connection_state::begin_at(socket_state& socket, membership& m,
                                const join_answered& x) {
  auto is_new = m.id != x.room;
  if (is_new) {
    socket.rooms.enter(m, x.room, x.handle);
    m.positions.clear();
    m.of_partitions = x.of_partitions;
    for (auto& [partition, next] : x.from)
      m.positions.push_back({partition, false, next});
  }
  for (auto& [partition, at] : x.behind) {
    auto& position = m.in(partition, at);
    position.next = at;
    position.behind = true;
    if (!is_new)
      fall_behind(socket, m, position);
  }
  for (auto& position : m.positions)
    if (auto i = x.logs.find(position.partition); i != x.logs.end()) {
      position.log = i->second.log;
      position.leader_epoch = i->second.leader_epoch;
    }
  socket.rooms.note(m);
  if (socket.recovery)
    socket.recovery->forget_rooms();
}

/// After the rooms have changed.
void connection_state::send_new_position(socket_state& socket) {
  if (!socket.recovery)
    return;
  auto was_usable = socket.recovery->is_usable();
  send_position(socket);
  if (was_usable && !socket.recovery->is_usable())
    count(self->system(), metrics::unrecoverable)->inc();
}

/// Deliveries end now, and the ack comes when the room has let the socket go.
void connection_state::on_leave_event(socket_state& socket, const packet& x) {
  auto room = room_of(socket, x);
  if (!room)
    return;
  call_joins_off(socket, *room);
  auto* m = socket.rooms.find(*room);
  if (m == nullptr)
    return refuse(socket, x.ack_id, emit_errc::not_a_member,
                  "the socket is not in this room");
  room_offset here{.next = {}, .of_partitions = m->of_partitions};
  for (auto& at : m->positions) {
    here.next[at.partition] = at.next;
    if (at.log != 0)
      here.logs[at.partition] = {at.log, at.leader_epoch};
  }
  auto number = requests.add({open_requests::kind::leave, socket.identity,
                              std::string{x.ack_id}, x.json.size(), *room,
                              m->number, std::move(here)});
  tell(self, context->directory,
       leave_room{socket.identity, *room, lease_of(number)});
  socket.rooms.remove(*room);
  if (socket.recovery)
    socket.recovery->forget_rooms();
}

bool connection_state::is_member(socket_state& socket, std::string_view room) {
  auto* found = socket.rooms.find(room);
  return found != nullptr && found->id != 0;
}

void connection_state::on_room_closed(const room_closed& x) {
  if (find_membership(x.room).second != nullptr)
    close(); // the client reconnects and joins again
}

// -- events -------------------------------------------------------------------

std::pair<socket_state*, connection_state::membership*>
connection_state::member(nsp_index nsp, std::uint64_t room) {
  for (auto& x : sockets)
    if (x.rules->index() == nsp)
      return {&x, x.rooms.find(room)};
  return {};
}

std::pair<socket_state*, connection_state::membership*>
connection_state::find_membership(std::uint64_t room) {
  for (auto& x : sockets)
    if (auto* found = x.rooms.find(room))
      return {&x, found};
  return {};
}

namespace {

/// Calls `f` with offset and frames of each event that the socket is to get,
/// until it says no.
template <class F>
void each_event(const room_events& x, std::string_view socket_id, F f) {
  std::size_t begin = 0;
  auto exception = x.exceptions.begin();
  for (std::size_t i = 0; i < x.events.size(); ++i) {
    auto& event = x.events[i];
    auto frames = std::string_view{*x.frames}.substr(begin, event.end - begin);
    begin = event.end;
    auto is_marked = exception != x.exceptions.end() && exception->event == i;
    if (is_marked && (exception++)->socket_id == socket_id)
      continue;
    if (!f(event.offset, frames))
      return;
  }
}

/// Up to where the member has had the log that ends with this range: who is not
/// behind has all that came before it.
std::int64_t end_of(const socket_rooms::position& at, const room_events& x) {
  auto goes_back = x.lost && x.to < x.from;
  return goes_back && !at.behind ? std::max(at.next, x.from) : at.next;
}

} // namespace

/// Whatever way events come, live or replayed: those before the member's
/// position have been seen, and what begins behind it shows that something is
/// missed.
void connection_state::on_events(const room_events& x) {
  auto [socket, m] = member(x.nsp, x.room);
  if (m == nullptr)
    return;
  auto known = m->positions.size();
  auto goes_back = x.lost && x.to < x.from;
  auto& at = m->in(x.partition, goes_back ? x.to : x.from);
  if (socket->recovery && m->positions.size() > known)
    socket->recovery->forget_rooms();
  auto is_other_log = at.log != 0 && x.log != 0 && at.log != x.log;
  auto is_same = [&](auto& y) { return y.log == x.log; };
  auto is_cut = goes_back && x.log != 0
                && (at.log == x.log
                    || (at.log == 0
                        && std::any_of(m->positions.begin(), m->positions.end(),
                                       is_same)));
  if (!enter_log(*socket, *m, at, x))
    return;
  if (socket->resuming && goes_back && at.next > x.to) {
    start_over(*socket, "the log has gone back");
  } else if (socket->resuming) {
    fall_behind(*socket, *m, at);
  } else if (x.from > at.next && x.to >= x.from) {
    if (!at.behind)
      fall_behind(*socket, *m, at);
  } else if (x.lost) {
    tell_gap(*socket, *m, at, x, is_other_log, is_cut);
  } else {
    take(*socket, *m, at, x);
  }
}

/// A position in another log is no position in this one: the member begins at
/// its start, and is told so. False: it was about to resume, and cannot.
bool connection_state::enter_log(socket_state& socket, membership& m,
                                 position& at, const room_events& x) {
  auto is_later = x.leader_epoch >= 0 && x.leader_epoch != at.leader_epoch;
  if (x.log == 0 || (x.log == at.log && !is_later))
    return true;
  at.leader_epoch = x.leader_epoch;
  auto before = std::exchange(at.log, x.log);
  auto is_other = before != 0 && before != x.log;
  if (is_other)
    m.of_partitions = 1; // and each that was added may have had some
  if (socket.recovery)
    socket.recovery->forget_rooms();
  if (!is_other)
    return true;
  if (socket.resuming) {
    start_over(socket, "the topic was created again");
    return false;
  }
  // Also from 0: the log that is gone may have held what nobody has read.
  auto from = end_of(at, x);
  at.next = 0;
  send_event(socket, "weir:gap", gap_argument(m.room, at.partition, from, 0));
  return true;
}

void connection_state::take(socket_state& socket, membership& m, position& at,
                            const room_events& x) {
  greet_now(socket);
  if (socket.recovery)
    socket.recovery->prepare(socket.rooms, context->now());
  if (!take_whole(socket, at, x))
    take_piecemeal(socket, m, at, x);
}

/// The usual case: the client gets all of it, and what it gets is the same for
/// many, so that it has been encoded.
bool connection_state::take_whole(socket_state& socket, position& at,
                                  const room_events& x) {
  if (!x.frames || !x.exceptions.empty() || at.next > x.from)
    return false;
  auto* recovery = socket.recovery.get();
  if (recovery == nullptr) {
    if (session->outbox_size() + x.frames->size() > session->outbox_limit())
      return false;
    session->send(x.frames);
  } else {
    static thread_local offset_template writer; // keeps its memory
    if (!recovery->is_usable())
      return false;
    auto frames = writer.frames_for(x, *recovery, at);
    if (session->outbox_size() + frames.size() > session->outbox_limit())
      return false;
    session->send(frames);
    recovery->mark_written();
  }
  at.next = x.to;
  return true;
}

/// Event by event, as many as the outbox takes.
void connection_state::take_piecemeal(socket_state& socket, membership& m,
                                      position& at, const room_events& x) {
  auto* recovery = socket.recovery.get();
  static thread_local std::string out; // keeps its memory
  out.clear();
  auto is_full = false;
  each_event(x, socket.identity->id, [&](auto event, auto frames) {
    if (event < at.next)
      return true;
    auto before = out.size();
    if (recovery) {
      recovery->move(at, event + 1);
      append_with_offset(out, frames, *recovery);
    } else {
      out += frames;
    }
    is_full = !fits(out.size() - before, before);
    if (is_full)
      out.resize(before);
    at.next = is_full ? event : event + 1;
    return !is_full;
  });
  session->send(out);
  if (recovery && !out.empty())
    recovery->mark_written();
  if (!is_full) {
    at.next = std::max(at.next, x.to);
    return;
  }
  count(self->system(), metrics::outbox_full)->inc();
  if (session->outbox_limit() < context->limits.outbox)
    log::limited(log_level::warning,
                 "limits.outboxes is used up: clients with less waiting than "
                 "limits.outbox fall behind",
                 "", {{"sid", sid()}, {"outbox", session->outbox_size()}});
  fall_behind(socket, m, at);
}

/// A client that reads has its own pace: an event larger than the outbox may
/// pass when nothing else waits.
bool connection_state::fits(std::size_t bytes, std::size_t before) const {
  auto waiting = session->outbox_size() + before;
  return waiting == 0 || waiting + bytes <= session->outbox_limit();
}

/// Offsets that went back mean that the log was recreated: a member that is
/// just there has missed what else there was. Or that it has lost its end,
/// which is nothing to who has not been further; what one beyond has asked for
/// does not come.
void connection_state::tell_gap(socket_state& socket, membership& m,
                                position& at, const room_events& x,
                                bool is_reported, bool is_cut) {
  auto is_new_log = x.to <= x.from && !is_cut;
  if (is_cut ? at.next <= x.to : !is_new_log && x.to <= at.next)
    return;
  auto from = is_reported || is_cut ? at.next : end_of(at, x);
  at.next = x.to;
  if (from == x.to && is_reported)
    return;
  send_event(socket, "weir:gap", gap_argument(m.room, x.partition, from, x.to));
  if (is_cut && at.behind)
    fall_behind(socket, m, at);
}

/// Best effort: a client that lags misses it.
void connection_state::on_local(const deliver_local& x) {
  auto [socket, m] = member(x.nsp, x.room);
  if (m && socket->identity != x.sender && !socket->resuming
      && fits(x.frames->size()))
    send_frames(*socket, *x.frames);
}

// -- falling behind and catching up -------------------------------------------

namespace {

positions behind_of(const socket_rooms::membership& x) {
  positions result;
  for (auto& y : x.positions)
    if (y.behind)
      result[y.partition] = y.next;
  return result;
}

} // namespace

void connection_state::fall_behind(socket_state& socket, membership& m,
                                   position& at) {
  at.behind = true;
  socket.rooms.note(m);
  m.catches_up = false;
  tell(self, m.handle,
       catch_up{socket.identity, m.number, behind_of(m), 0, ++m.request});
  if (session->outbox_size() > 0)
    session->ask_drained();
  else
    catch_up_rooms();
}

/// Asks for a little more than half an outbox: so a client that reads asks
/// often, by which its rooms know that it does (see `replay_pass`), and there
/// is space for what is live in others.
void connection_state::catch_up_rooms() {
  std::vector<std::pair<socket_state*, membership*>> waiting;
  for (auto& socket : sockets)
    for (auto* x : socket.rooms.behind())
      if (!socket.resuming && !x->catches_up)
        waiting.emplace_back(&socket, x);
  auto used = session->outbox_size();
  auto limit = session->outbox_limit();
  if (waiting.empty())
    return;
  if (used > limit / 2)
    return session->ask_drained();
  for (auto [socket, m] : waiting) {
    m->catches_up = true;
    tell(self, m->handle,
         catch_up{socket->identity, m->number, behind_of(*m),
                  std::max<std::size_t>(
                    (limit / 2 + limit / 8 - used) / waiting.size(), 1),
                  ++m->request});
  }
}

/// An answer to an older request says nothing: the room has yet to learn where
/// the member is by now, and takes it for behind until it has answered that.
void connection_state::on_caught_up(const caught_up& x) {
  auto [socket, m] = find_membership(x.room);
  if (m == nullptr || m->request != x.request)
    return;
  if (auto* at = m->find(x.partition))
    at->behind = false;
  socket->rooms.note(*m);
  if (!m->is_behind())
    m->catches_up = false;
}

void connection_state::on_budget_spent(const budget_spent& x) {
  auto* m = find_membership(x.room).second;
  if (m == nullptr || m->request != x.request)
    return;
  m->catches_up = false;
  catch_up_rooms();
}

void connection_state::on_lag_exceeded(const lag_exceeded& x) {
  if (find_membership(x.room).second == nullptr)
    return;
  log::limited(log_level::info,
               "closed: the client is further behind than limits.max_lag",
               sid(), {{"sid", sid()}, {"lag", x.bytes}});
  close();
}

} // namespace weir
