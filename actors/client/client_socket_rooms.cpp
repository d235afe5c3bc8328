#include "actors/client/answers.hpp"
#include "actors/client/client_socket.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <utility>

namespace weir {

using socketio::packet;

// -- joining ------------------------------------------------------------------

/// The room that a join or leave event names; nothing: it was refused.
std::optional<std::string> client_socket::room_of(const packet& x) {
  auto args = x.args;
  auto first = json::pop_front(args);
  auto room = first.empty() ? std::nullopt : json::string_value(first);
  auto limit = host.context->limits.room_name;
  if (!room)
    refuse(x.ack_id, emit_errc::invalid_payload,
           "the first argument must be the room's name");
  if (!room || room->size() <= limit)
    return room;
  refuse(x.ack_id, emit_errc::too_large,
         "a room's name has at most limits.room_name bytes: "
           + std::to_string(limit));
  return std::nullopt;
}

std::optional<room_offset> client_socket::since_of(const packet& x) {
  auto value = json::at(x.json, "/2/since");
  if (!value)
    return room_offset{};
  auto text = value->size() <= max_since ? json::string_value(*value)
                                         : std::nullopt;
  auto offset = text ? read_offset(*text) : std::nullopt;
  if (!offset)
    refuse(x.ack_id, emit_errc::invalid_payload,
           "since must be an offset that an earlier join has got");
  return offset;
}

void client_socket::on_join_event(const packet& x) {
  auto room = room_of(x);
  if (!room)
    return;
  auto* route = rules->mapping_of(*room);
  if (route == nullptr)
    return refuse(x.ack_id, emit_errc::unknown_room,
                  "no mapping of this namespace has such a room");
  if (route->settings.join != join_policy::client)
    return refuse(x.ack_id, emit_errc::not_allowed,
                  "clients cannot join this room");
  if (!may_or_refuse(x.ack_id, right::join, *route, *room))
    return;
  auto since = since_of(x);
  if (!since || !may_join(x.ack_id, *room, *since))
    return;
  if (asks(*rules, "join"))
    host.request_join(*this, *room,
                      {pending_join::kind::client, std::string{x.ack_id},
                       x.json.size(), std::move(*since)});
  else
    join(*room, {x.ack_id, x.json.size()}, std::move(*since));
}

/// An offset is not signed: it may be any.
bool client_socket::may_join(std::string_view ack_id, std::string_view room,
                             const room_offset& since) {
  auto& route = *rules->mapping_of(room);
  return may_or_refuse(ack_id, right::join, route, room)
         && (since.next.empty()
             || may_or_refuse(ack_id, right::history, route, room));
}

void client_socket::join(const std::string& room, const origin& from,
                         room_offset since) {
  auto* membership = rooms.find(room);
  if (membership == nullptr) {
    if (rooms.size() >= host.context->limits.rooms_per_socket)
      return refuse(from.ack_id, emit_errc::not_allowed,
                    "the socket is in as many rooms as it may be");
    membership = &rooms.add(room);
  }
  auto request = request_for(*membership, from);
  request.since = std::move(since.next);
  request.logs = std::move(since.logs);
  request.of_partitions = since.of_partitions;
  tell(host.self, host.context->directory, std::move(request));
}

join_room client_socket::request_for(membership& m, const origin& from) const {
  ++m.joins;
  auto* route = rules->mapping_of(m.room);
  m.mapping = route->mark();
  std::string ack_id{from.ack_id};
  auto number = host.requests.add(
    {open_requests::kind::join, identity, ack_id, from.cost, m.room, m.number});
  join_room result{host.me,
                   {identity, std::move(ack_id), number},
                   route,
                   m.room,
                   *route->key_of(m.room),
                   m.number};
  result.with_history = may(right::history, *route, m.room);
  result.lease = host.lease_of(number);
  return result;
}

void client_socket::on_join_decided(const std::string& room, emit_errc error,
                                    pending_join& x) {
  auto ack_id = host.requests.take_ack(x.request);
  if (error == emit_errc::none) {
    // Another token may have come meanwhile.
    if (may_join(ack_id, room, x.since))
      join(room, {ack_id, x.cost}, std::move(x.since));
    return;
  }
  refuse(ack_id, error, webhook_reason(error));
  if (x.what == pending_join::kind::automatic)
    tell_left(room, to_string(error));
}

/// The answer belongs to the request; what it means for the membership is
/// another matter, as the socket may have left or joined again meanwhile.
void client_socket::on_join_settled(const join_answered& x,
                                    std::string_view ack_id) {
  auto* m = rooms.find(x.room_name);
  auto is_current = m != nullptr && m->number == x.membership;
  if (is_current)
    --m->joins;
  if (is_current && resuming)
    return on_room_resumed(*m, x);
  // Before the ack: whoever has that can also come back to the room.
  if (is_current)
    settle(*m, x);
  else
    host.requests.note_begin(x);
  if (x.error == emit_errc::none)
    answer(ack_id, room_answer(x.room_name, {x.from, x.logs, x.of_partitions}));
  else
    refuse(ack_id, x.error, x.message);
  if (!is_current || x.error != emit_errc::none)
    return;
  for (auto& [partition, at] : x.restarted) {
    auto begin = x.from.find(partition);
    auto to = begin == x.from.end() ? 0 : std::min(begin->second, at);
    send_event("weir:gap", gap_argument(x.room_name, partition, at, to));
  }
}

void client_socket::settle(membership& m, const join_answered& x) {
  if (x.error == emit_errc::none) {
    begin_at(m, x);
    send_new_position();
    if (m.is_behind())
      host.read_rooms();
  } else if (m.id == 0 && m.joins == 0) {
    remove(x.room_name);
  }
}

/// Where the room lets the member begin. One that was in already is behind only
/// where it has asked to begin at an earlier offset.
void client_socket::begin_at(membership& m, const join_answered& x) {
  auto is_new = m.id != x.room;
  if (is_new) {
    rooms.enter(m, x.room, x.handle);
    m.readers.clear();
    m.of_partitions = x.of_partitions;
    for (auto& [partition, next] : x.from)
      m.readers.emplace_back(partition, next);
  }
  for (auto& [partition, at] : x.behind)
    m.in(partition, at).begin_before(at);
  for (auto& reader : m.readers) {
    auto is_moved = is_new || x.behind.contains(reader.partition());
    auto i = x.logs.find(reader.partition());
    if (i != x.logs.end() && (is_moved || reader.log() == 0))
      reader.set_log(i->second);
  }
  note(m);
  if (recovery)
    recovery->forget_rooms();
}

void client_socket::note(membership& m) {
  rooms.note(m);
  lagging.show(static_cast<std::int64_t>(rooms.behind().size()));
}

void client_socket::remove(const std::string& room) {
  rooms.remove(room);
  lagging.show(static_cast<std::int64_t>(rooms.behind().size()));
}

// -- leaving ------------------------------------------------------------------

/// Deliveries end now, and the ack comes when the room has let the socket go.
void client_socket::on_leave_event(const packet& x) {
  auto room = room_of(x);
  if (!room)
    return;
  host.call_joins_off(*this, *room, has_left);
  auto* m = rooms.find(*room);
  if (m == nullptr)
    return refuse(x.ack_id, emit_errc::not_a_member,
                  "the socket is not in this room");
  room_offset here{.next = {}, .of_partitions = m->of_partitions};
  for (auto& at : m->readers) {
    here.next[at.partition()] = at.next();
    if (at.log() != 0)
      here.logs[at.partition()] = {at.log(), at.leader_epoch()};
  }
  auto number = host.requests.add({open_requests::kind::leave, identity,
                                   std::string{x.ack_id}, x.json.size(), *room,
                                   m->number, std::move(here)});
  tell(host.self, host.context->directory,
       leave_room{identity, *room, host.lease_of(number)});
  remove(*room);
  if (recovery)
    recovery->forget_rooms();
}

/// Whether the room has handled it or is no more: the socket is out.
void client_socket::on_left(const open_requests::request& x) {
  send_new_position(); // before the ack, as with a join
  answer_leave(x.ack_id, x);
}

/// One whose join was refused meanwhile has never been in.
void client_socket::answer_leave(std::string_view ack_id,
                                 const open_requests::request& x) {
  if (x.here.next.empty())
    refuse(ack_id, emit_errc::not_a_member, "the socket is not in this room");
  else
    answer(ack_id, room_answer(x.room, x.here));
}

bool client_socket::is_member(std::string_view room) {
  auto* found = rooms.find(room);
  return found != nullptr && found->id != 0;
}

} // namespace weir
