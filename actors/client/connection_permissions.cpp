// What a client may do here: decided from its token by the namespace's rules
// (`allow`), again whenever it shows another one.

#include "actors/client/answers.hpp"
#include "actors/client/connection_state.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "actors/runtime/metrics/connections.hpp"

#include <utility>

namespace weir {

/// The claims themselves are needed again only for the webhook.
rights_ptr connection_state::take_rights(const nsp_routes& rules,
                                         const token_ptr& token) const {
  if (!context->tokens)
    return nullptr;
  std::string claims;
  if (token && asks(rules, "join"))
    claims = token->claims.json;
  else if (token)
    claims.swap(token->claims.json);
  return std::make_unique<const socket_rights>(rules.permissions(), claims);
}

bool connection_state::may(const socket_state& socket, right what,
                           const mapping_route& route, std::string_view room) {
  return !socket.rights
         || socket.rights->may(what, socket.rules->index_of(route), room);
}

/// False: it was refused.
bool connection_state::may_or_refuse(socket_state& socket,
                                     std::string_view ack_id, right what,
                                     const mapping_route& route,
                                     std::string_view room) {
  if (may(socket, what, route, room))
    return true;
  static constexpr std::string_view names[] = {"join", "emit", "history"};
  refuse(socket, ack_id, emit_errc::not_allowed,
         "no rule of the mapping's allow."
           + std::string{names[static_cast<std::size_t>(what)]}
           + " names you for the room \"" + std::string{room} + "\"");
  return false;
}

/// The rooms that the socket is in by itself. `former`: what it was allowed so
/// far: a room that the client has left since does not come back.
void connection_state::join_automatically(socket_state& socket,
                                          const socket_rights* former) {
  std::size_t asked = 0;
  for (auto& route : socket.rules->mappings())
    for (auto& room : automatic_rooms(socket, route)) {
      auto i = socket.rules->index_of(route);
      if (socket.rooms.find(room) || !may(socket, right::join, route, room)
          || (former && former->may(right::join, i, room)))
        continue;
      auto is_full = socket.rooms.size() + asked
                     >= context->limits.rooms_per_socket;
      if (is_full || room.size() > context->limits.room_name)
        tell_too_many(socket, room);
      else if (!asks(*socket.rules, "join"))
        join(socket, room, {});
      else if (++asked)
        request_join(socket, room, {pending_join::kind::automatic});
      if (is_full)
        return;
    }
  join_named(socket);
}

/// Those that the webhook has named, which it is not asked about again.
void connection_state::join_named(socket_state& socket) {
  if (!socket.verdict)
    return;
  for (auto& room : std::exchange(socket.verdict->rooms, {})) {
    if (socket.rooms.find(room) || !may_be_named(socket, room))
      continue;
    if (socket.rooms.size() >= context->limits.rooms_per_socket)
      return tell_too_many(socket, room);
    join(socket, room, {});
  }
}

bool connection_state::may_be_named(const socket_state& socket,
                                    const std::string& room) const {
  auto* route = socket.rules->mapping_of(room);
  if (route && may(socket, right::join, *route, room))
    return true;
  auto* why = route ? "its mapping's allow.join does not name the client"
                    : "no mapping of the namespace has such a room";
  count(self->system(), metrics::requests_refused,
        to_string(route ? emit_errc::not_allowed : emit_errc::unknown_room))
    ->inc();
  log::limited(
    log_level::warning,
    "the webhook names a room that the client does not get into", socket.nsp(),
    {{"sid", sid()}, {"nsp", socket.nsp()}, {"room", room}, {"why", why}});
  return false;
}

std::vector<std::string>
connection_state::automatic_rooms(const socket_state& socket,
                                  const mapping_route& route) {
  if (route.settings.join == join_policy::automatic)
    return {route.settings.room};
  if (!socket.rights)
    return {};
  return socket.rights->claimed_rooms(socket.rules->index_of(route));
}

void connection_state::tell_too_many(socket_state& socket,
                                     const std::string& room) {
  count(self->system(), metrics::requests_refused,
        to_string(emit_errc::not_allowed))
    ->inc();
  log::limited(
    log_level::warning,
    "a client is not in all the rooms that it should be in: they are "
    "more than limits.rooms_per_socket, or longer than "
    "limits.room_name",
    socket.identity->user,
    {{"sid", sid()}, {"user", socket.identity->user}, {"room", room}});
}

// -- rights that are lost -----------------------------------------------------

/// After the socket's token was replaced.
void connection_state::renew_rights(socket_state& socket) {
  auto former = std::exchange(socket.rights,
                              take_rights(*socket.rules, socket.token));
  std::vector<std::string> lost;
  for (auto& [room, m] : socket.rooms.all())
    if (!may(socket, right::join, *socket.rules->mapping_of(room), room))
      lost.emplace_back(room);
  for (auto& room : lost)
    end_membership(socket, room);
  join_automatically(socket, former.get());
}

/// What is on its way to the socket is not delivered; what its client still
/// waits for is answered.
void connection_state::end_membership(socket_state& socket,
                                      const std::string& room) {
  refuse_open_joins(socket, room);
  auto was_member = is_member(socket, room);
  tell(self, context->directory,
       leave_room{socket.identity, room, begin_request(socket.identity)});
  socket.rooms.remove(room);
  if (socket.recovery)
    socket.recovery->forget_rooms();
  if (was_member)
    tell_left(socket, room, emit_errc::not_allowed);
}

void connection_state::refuse_open_joins(socket_state& socket,
                                         const std::string& room) {
  for (auto number : requests.unanswered_of(socket.identity)) {
    auto* x = requests.find(number);
    if (x->what != open_requests::kind::join || x->room != room)
      continue;
    x->is_answered = true;
    refuse(socket, requests.take_ack(number), emit_errc::not_allowed,
           "your new token does not let you in");
  }
}

void connection_state::tell_left(socket_state& socket, const std::string& room,
                                 emit_errc reason) {
  count(self->system(), metrics::memberships_lost)->inc();
  log::debug("a member may not be in its room any more",
             {{"sid", sid()}, {"room", room}});
  send_event(socket, "weir:left", left_argument(room, to_string(reason)));
}

} // namespace weir
