#include "actors/client/answers.hpp"
#include "actors/client/connection_state.hpp"
#include "actors/client/offset_template.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "actors/runtime/metrics/rooms.hpp"
#include "config/log.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <span>

namespace weir {

using socketio::packet;

namespace {

/// Empty: a reload has taken the room's mapping away.
std::string_view topic_of(const client_socket& socket,
                          const std::string& room) {
  auto* route = socket.rules->mapping_of(room);
  return route ? std::string_view{route->settings.topic} : "";
}

} // namespace

// -- events -------------------------------------------------------------------

std::pair<client_socket*, connection_state::membership*>
connection_state::member(nsp_index nsp, std::uint64_t room) {
  for (auto& x : sockets)
    if (x.rules->index() == nsp)
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

/// What is in the batch and was not sent is before or behind these offsets.
void note_sent(client_socket& socket, const room_events& x, std::int64_t from,
               std::int64_t to) {
  if (x.frames)
    each_event(x, socket.identity->id, [&](auto& event, auto frames) {
      if (event.offset >= from && event.offset < to)
        socket.note_sent(frames);
      return true;
    });
}

} // namespace

namespace {

/// After they have been handed to the session: the meter looks at the clock
/// when what it has been told before has left.
void count_sent(loop_meter& meter, const deliver_events& x,
                std::span<const room_events::event> events) {
  meter.events_out.add(static_cast<std::int64_t>(events.size()));
  if (x.spans)
    meter.hold(x.spans);
  if (x.is_live)
    for (auto& event : events)
      meter.delivered(event.timestamp_ms);
}

} // namespace

/// Whatever way events come, live or replayed, the reader decides.
void connection_state::on_events(const deliver_events& x) {
  auto [socket, m] = member(x.events->nsp, x.events->room);
  if (m == nullptr
      || (!x.events->gives_position && !m->find(x.events->partition)))
    return;
  auto known = m->readers.size();
  auto& at = m->in(x.events->partition, std::min(x.events->from, x.events->to));
  if (socket->recovery && m->readers.size() > known)
    socket->recovery->forget_rooms();
  auto was_missing = at.is_missing();
  auto result = socket->resuming ? at.hold(x)
                                 : at.take(x, m->knows_log(x.events->log));
  if (!result)
    return start_over(*socket, "the log is another one, or has gone back");
  note_log(*socket, *m, *result);
  tell_gaps(*socket, *m, at, *result);
  if (result->has_events) {
    take(*socket, at, x);
    if (log::enabled(log_level::debug))
      log::debug("events sent", {{"sid", sid()},
                                 {"socket_id", socket->identity->id},
                                 {"room", m->room},
                                 {"topic", topic_of(*socket, m->room)},
                                 {"partition", at.partition()},
                                 {"from", x.events->from},
                                 {"to", at.next()}});
  }
  if (at.is_missing() != was_missing)
    note_missing(*socket, *m);
  if (is_too_far(at) && context->limits.on_lag == lag_policy::disconnect)
    close_lagging(at);
}

void connection_state::note_log(client_socket& socket, membership& m,
                                const room_reader::outcome& x) {
  if (x.is_other_log)
    m.of_partitions = 1; // and each that was added may have had some
  if (x.is_named_new && socket.recovery)
    socket.recovery->forget_rooms();
}

void connection_state::tell_gaps(client_socket& socket, const membership& m,
                                 const room_reader& at,
                                 const room_reader::outcome& x) {
  for (auto& gap : {x.former, x.lost})
    if (gap)
      socket.send_event("weir:gap", gap_argument(m.room, at.partition(),
                                                 gap->from, gap->to));
}

void connection_state::take(client_socket& socket, room_reader& at,
                            const deliver_events& x) {
  socket.greet_now();
  if (socket.recovery)
    socket.recovery->prepare(socket.rooms, context->now());
  auto from = at.next();
  if (!take_whole(socket, at, x))
    take_piecemeal(socket, at, x);
  if (context->all->events->is_watched())
    note_sent(socket, *x.events, from, at.next());
}

/// The usual case: the client gets all of it, and what it gets is the same for
/// many, so that it has been encoded.
bool connection_state::take_whole(client_socket& socket, room_reader& at,
                                  const deliver_events& x) {
  auto& events = *x.events;
  if (!events.frames || !events.exceptions.empty() || at.next() > events.from)
    return false;
  auto* recovery = socket.recovery.get();
  if (recovery == nullptr) {
    if (session->outbox_size() + events.frames->size()
        > session->outbox_limit())
      return false;
    session->send(events.frames);
  } else {
    static thread_local offset_template writer; // keeps its memory
    if (!recovery->is_usable())
      return false;
    auto frames = writer.frames_for(events, *recovery, at);
    if (session->outbox_size() + frames.size() > session->outbox_limit())
      return false;
    session->send(frames);
    recovery->mark_written();
  }
  count_sent(*context->meter, x, events.events);
  at.finish(x);
  return true;
}

/// Event by event, as many as the outbox takes.
void connection_state::take_piecemeal(client_socket& socket, room_reader& at,
                                      const deliver_events& x) {
  auto* recovery = socket.recovery.get();
  static thread_local std::string out; // these keep their memory
  static thread_local std::vector<room_events::event> sent;
  out.clear();
  sent.clear();
  std::optional<std::int64_t> full_at;
  each_event(*x.events, socket.identity->id, [&](auto& event, auto frames) {
    if (event.offset < at.next())
      return true;
    auto before = out.size();
    if (recovery) {
      recovery->move(at, event.offset + 1);
      append_with_offset(out, frames, *recovery);
    } else {
      out += frames;
    }
    if (fits(out.size() - before, before)) {
      sent.push_back(event);
      return true;
    }
    out.resize(before);
    full_at = event.offset;
    return false;
  });
  session->send(out);
  count_sent(*context->meter, x, sent);
  if (recovery && !out.empty())
    recovery->mark_written();
  if (!full_at)
    return at.finish(x);
  at.stop_at(*full_at);
  note_full();
}

void connection_state::note_full() {
  count(self->system(), metrics::outbox_full)->inc();
  count(self->system(), metrics::credit_stalls, "member")->inc();
  if (session->outbox_limit() < context->limits.outbox)
    log::limited(log_level::warning,
                 "limits.outboxes is used up: clients with less waiting than "
                 "limits.outbox fall behind",
                 "", {{"sid", sid()}, {"outbox", session->outbox_size()}});
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

// -- what its members have missed ---------------------------------------------

namespace {

/// It asks later; with a client that does not read, maybe never.
void announce(const client_socket& socket, socket_rooms::membership& m) {
  for (auto& x : m.readers)
    if (x.announce())
      tell(socket.host.self, m.handle,
           read_room{socket.identity,
                     m.number,
                     x.partition(),
                     x.next(),
                     0,
                     0,
                     {x.log(), x.leader_epoch()}});
}

} // namespace

void connection_state::note_missing(client_socket& socket, membership& m) {
  socket.note(m);
  if (!m.is_behind())
    return;
  if (session->outbox_size() == 0)
    return read_rooms();
  session->ask_drained();
  announce(socket, m);
}

/// Asks for a little more than half an outbox: so there is space for what is
/// live in other rooms.
void connection_state::read_rooms() {
  struct question {
    client_socket* socket;
    membership* room;
    room_reader* reader;
  };
  std::vector<question> questions;
  for (auto& socket : sockets)
    for (auto* m : socket.rooms.behind())
      for (auto& x : m->readers)
        if (!socket.resuming && x.is_to_ask())
          questions.push_back({&socket, m, &x});
  auto used = session->outbox_size();
  auto limit = session->outbox_limit();
  if (questions.empty())
    return;
  if (used > limit / 2) {
    for (auto& x : questions)
      announce(*x.socket, *x.room);
    return session->ask_drained();
  }
  auto share = (limit / 2 + limit / 8 - used) / questions.size();
  for (auto& [socket, m, reader] : questions) {
    if (is_too_far(*reader) && context->limits.on_lag == lag_policy::skip)
      skip_lag(*socket, *m, *reader);
    reader->ask(++m->reads);
    tell(self, m->handle,
         read_room{socket->identity,
                   m->number,
                   reader->partition(),
                   reader->next(),
                   std::max<std::size_t>(share, 1),
                   m->reads,
                   {reader->log(), reader->leader_epoch()}});
  }
}

/// It continues with what is live, and is told what it has missed.
void connection_state::skip_lag(client_socket& socket, const membership& m,
                                room_reader& at) {
  count(self->system(), metrics::lag_exceeded)->inc();
  auto gap = at.skip();
  if (socket.recovery) // the leader may be another one
    socket.recovery->forget_rooms();
  socket.send_event("weir:gap",
                    gap_argument(m.room, at.partition(), gap.from, gap.to));
}

bool connection_state::is_too_far(const room_reader& at) const {
  return at.missed_bytes() > context->limits.max_lag;
}

void connection_state::close_lagging(const room_reader& at) {
  count(self->system(), metrics::lag_exceeded)->inc();
  log::limited(log_level::info,
               "closed: the client is further behind than limits.max_lag",
               sid(), {{"sid", sid()}, {"lag", at.missed_bytes()}});
  close();
}

void connection_state::on_read_done(const read_done& x) {
  auto [socket, m] = find_membership(x.room);
  auto* reader = m ? m->find(x.partition) : nullptr;
  if (reader == nullptr || !reader->end_ask(x.id, x.live))
    return;
  socket->note(*m);
  read_rooms();
}

} // namespace weir
