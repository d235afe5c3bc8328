#include "actors/client/answers.hpp"
#include "actors/client/connection_state.hpp"
#include "actors/client/offset_template.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "config/log.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <span>

namespace weir {

using socketio::packet;

// -- events -------------------------------------------------------------------

std::pair<client_socket*, connection_state::membership*>
connection_state::member(nsp_index nsp, std::uint64_t room) {
  for (auto& x : sockets)
    if (x.rules.index() == nsp)
      return {&x, x.rooms.find(room)};
  return {};
}

void connection_state::on_room_closed(const room_closed& x) {
  if (find_membership(x.room).second != nullptr)
    close(); // the client reconnects and joins again
}

std::pair<client_socket*, connection_state::membership*>
connection_state::find_membership(std::uint64_t room) {
  for (auto& x : sockets)
    if (auto* found = x.rooms.find(room))
      return {&x, found};
  return {};
}

namespace {

/// Calls `f` with each event that the socket is to get, and its frames, until it
/// says no.
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
    if (!f(event, frames))
      return;
  }
}

} // namespace

namespace {

/// After they have been handed to the session: the meter looks at the clock
/// when what it has been told before has left.
void count_sent(loop_meter& meter, const room_events& x,
                std::span<const room_events::event> events) {
  meter.events_out.add(static_cast<std::int64_t>(events.size()));
  if (x.is_live)
    for (auto& event : events)
      meter.delivered(event.timestamp_ms);
}

} // namespace

/// Whatever way events come, live or replayed, the reader decides.
void connection_state::on_events(const room_events& x) {
  auto [socket, m] = member(x.nsp, x.room);
  if (m == nullptr)
    return;
  auto known = m->readers.size();
  auto& at = m->in(x.partition, std::min(x.from, x.to));
  if (socket->recovery && m->readers.size() > known)
    socket->recovery->forget_rooms();
  auto result = socket->resuming ? at.hold(x) : at.take(x, m->knows_log(x.log));
  if (!result)
    return start_over(*socket, "the log is another one, or has gone back");
  note_log(*socket, *m, *result);
  tell_gaps(*socket, *m, at, *result);
  if (result->begins_to_miss)
    fall_behind(*socket, *m);
  if (result->has_events)
    take(*socket, *m, at, x);
}

void connection_state::note_log(client_socket& socket, membership& m,
                                const room_reader::outcome& x) {
  if (x.is_other_log)
    m.of_partitions = 1; // and each that was added may have had some
  if (x.is_named_new && socket.recovery)
    socket.recovery->forget_rooms();
}

void connection_state::tell_gaps(client_socket& socket, membership& m,
                                 room_reader& at,
                                 const room_reader::outcome& x) {
  for (auto& gap : {x.former, x.lost})
    if (gap)
      socket.send_event("weir:gap", gap_argument(m.room, at.partition(),
                                                 gap->from, gap->to));
  // What it has asked for beyond a cut does not come.
  if (x.lost && x.lost->to < x.lost->from && at.is_missing())
    fall_behind(socket, m);
}

void connection_state::take(client_socket& socket, membership& m,
                            room_reader& at, const room_events& x) {
  socket.greet_now();
  if (socket.recovery)
    socket.recovery->prepare(socket.rooms, context->now());
  if (!take_whole(socket, at, x))
    take_piecemeal(socket, m, at, x);
}

/// The usual case: the client gets all of it, and what it gets is the same for
/// many, so that it has been encoded.
bool connection_state::take_whole(client_socket& socket, room_reader& at,
                                  const room_events& x) {
  if (!x.frames || !x.exceptions.empty() || at.next() > x.from)
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
  count_sent(*context->meter, x, x.events);
  at.advance(x.to);
  return true;
}

/// Event by event, as many as the outbox takes.
void connection_state::take_piecemeal(client_socket& socket, membership& m,
                                      room_reader& at, const room_events& x) {
  auto* recovery = socket.recovery.get();
  static thread_local std::string out; // these keep their memory
  static thread_local std::vector<room_events::event> sent;
  out.clear();
  sent.clear();
  auto is_full = false;
  auto next = at.next();
  each_event(x, socket.identity->id, [&](auto& event, auto frames) {
    if (event.offset < at.next())
      return true;
    auto before = out.size();
    if (recovery) {
      recovery->move(at, event.offset + 1);
      append_with_offset(out, frames, *recovery);
    } else {
      out += frames;
    }
    is_full = !fits(out.size() - before, before);
    if (is_full)
      out.resize(before);
    else
      sent.push_back(event);
    next = is_full ? event.offset : event.offset + 1;
    return !is_full;
  });
  session->send(out);
  count_sent(*context->meter, x, sent);
  if (recovery && !out.empty())
    recovery->mark_written();
  if (!is_full)
    return at.advance(std::max(next, x.to));
  count(self->system(), metrics::outbox_full)->inc();
  count(self->system(), metrics::credit_stalls, "member")->inc();
  if (session->outbox_limit() < context->limits.outbox)
    log::limited(log_level::warning,
                 "limits.outboxes is used up: clients with less waiting than "
                 "limits.outbox fall behind",
                 "", {{"sid", sid()}, {"outbox", session->outbox_size()}});
  at.stop_at(next);
  fall_behind(socket, m);
}

/// A client that reads has its own pace: an event larger than the outbox may
/// pass when nothing else waits.
bool socket_host::fits(std::size_t bytes, std::size_t before) const {
  auto waiting = session->outbox_size() + before;
  return waiting == 0 || waiting + bytes <= session->outbox_limit();
}

/// Best effort: a client that lags misses it.
void connection_state::on_local(const deliver_local& x) {
  auto [socket, m] = member(x.nsp, x.room);
  if (m && socket->identity != x.sender && !socket->resuming
      && fits(x.frames->size()))
    socket->send_frames(*x.frames);
}

// -- falling behind and catching up -------------------------------------------

namespace {

positions behind_of(const socket_rooms::membership& x) {
  positions result;
  for (auto& y : x.readers)
    if (y.is_missing())
      result[y.partition()] = y.next();
  return result;
}

} // namespace

void connection_state::fall_behind(client_socket& socket, membership& m) {
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
  std::vector<std::pair<client_socket*, membership*>> waiting;
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
    at->find_current();
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
