// What a client may do here: decided from its token by the namespace's rules
// (`allow`), again whenever it shows another one.

#include "actors/client/answers.hpp"
#include "actors/client/client_socket.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "config/log.hpp"

#include <utility>

namespace weir {

/// The claims stay: they are needed again where the rules change.
rights_ptr take_rights(const connection_context& context,
                       const nsp_routes& rules, const token_ptr& token) {
  if (!context.tokens)
    return nullptr;
  auto claims = token ? std::string_view{token->claims.json}
                      : std::string_view{};
  return std::make_unique<const socket_rights>(rules.permissions(), claims);
}

bool client_socket::may(right what, const mapping_route& route,
                        std::string_view room) const {
  return !rights || rights->may(what, rules->index_of(route), room);
}

/// False: it was refused.
bool client_socket::may_or_refuse(std::string_view ack_id, right what,
                                  const mapping_route& route,
                                  std::string_view room) {
  if (may(what, route, room))
    return true;
  static constexpr std::string_view names[] = {"join", "emit", "history"};
  refuse(ack_id, emit_errc::not_allowed,
         "no rule of the mapping's allow."
           + std::string{names[static_cast<std::size_t>(what)]}
           + " names you for the room \"" + std::string{room} + "\"");
  return false;
}

/// The rooms that the socket is in by itself. `former`: what held so far: a room
/// that the client has left since does not come back.
void client_socket::join_automatically(const former_rules* former) {
  std::size_t asked = 0;
  for (auto& route : rules->mappings())
    for (auto& room : automatic_rooms(route)) {
      if (rooms.find(room) || !may(right::join, route, room)
          || (former && was_automatic(*former, route, room)))
        continue;
      auto is_full = rooms.size() + asked
                     >= host.context->limits.rooms_per_socket;
      if (is_full || room.size() > host.context->limits.room_name)
        tell_too_many(room);
      else if (!asks(*rules, "join"))
        join(room, {});
      else if (++asked)
        host.request_join(*this, room, {pending_join::kind::automatic});
      if (is_full)
        return;
    }
  join_named();
}

bool client_socket::was_automatic(const former_rules& former,
                                  const mapping_route& route,
                                  const std::string& room) {
  auto* was = former.rules->mapping_of(room);
  auto &a = was ? was->settings : route.settings, &b = route.settings;
  return was && was->is_like(route) && a.join == b.join
         && a.join_claim == b.join_claim
         && (!former.rights
             || former.rights->may(right::join, former.rules->index_of(*was),
                                   room));
}

std::vector<std::string>
client_socket::automatic_rooms(const mapping_route& route) const {
  if (route.settings.join == join_policy::automatic)
    return {route.settings.room};
  if (!rights)
    return {};
  return rights->claimed_rooms(rules->index_of(route));
}

/// Those that the webhook has named, which it is not asked about again.
void client_socket::join_named() {
  if (!verdict)
    return;
  for (auto& room : std::exchange(verdict->rooms, {})) {
    if (rooms.find(room) || !may_be_named(room))
      continue;
    if (rooms.size() >= host.context->limits.rooms_per_socket)
      return tell_too_many(room);
    join(room, {});
  }
}

bool client_socket::may_be_named(const std::string& room) const {
  auto* route = rules->mapping_of(room);
  if (route && may(right::join, *route, room))
    return true;
  auto* why = route ? "its mapping's allow.join does not name the client"
                    : "no mapping of the namespace has such a room";
  count(host.self->system(), metrics::requests_refused,
        to_string(route ? emit_errc::not_allowed : emit_errc::unknown_room))
    ->inc();
  log::limited(
    log_level::warning,
    "the webhook names a room that the client does not get into", nsp(),
    {{"sid", host.sid()}, {"nsp", nsp()}, {"room", room}, {"why", why}});
  return false;
}

void client_socket::tell_too_many(const std::string& room) {
  count(host.self->system(), metrics::requests_refused,
        to_string(emit_errc::not_allowed))
    ->inc();
  log::limited(
    log_level::warning,
    "a client is not in all the rooms that it should be in: they are "
    "more than limits.rooms_per_socket, or longer than "
    "limits.room_name",
    identity->user,
    {{"sid", host.sid()}, {"user", identity->user}, {"room", room}});
}

// -- rights that are lost -----------------------------------------------------

/// After the socket's token was replaced.
void client_socket::renew_rights() {
  const former_rules former{
    rules, std::exchange(rights, take_rights(*host.context, *rules, token))};
  std::vector<std::string> lost;
  for (auto& [room, m] : rooms.all())
    if (!m->is_ordered && !may(right::join, *rules->mapping_of(room), room))
      lost.emplace_back(room);
  for (auto& room : lost)
    end_membership(room, to_string(emit_errc::not_allowed),
                   {emit_errc::not_allowed,
                    "your new token does not let you in"});
  join_automatically(&former);
}

/// What is on its way to the socket is not delivered; what its client still
/// waits for is answered.
void client_socket::end_membership(const std::string& room,
                                   std::string_view reason,
                                   const join_refusal& to_who_joins) {
  refuse_open_joins(room, to_who_joins);
  auto was_member = is_member(room);
  tell(host.self, host.context->directory,
       leave_room{identity, room, host.begin_request(identity)});
  remove(room);
  if (recovery)
    recovery->forget_rooms();
  if (was_member)
    tell_left(room, reason);
}

void client_socket::refuse_open_joins(const std::string& room,
                                      const join_refusal& why) {
  for (auto number : host.requests.unanswered_of(identity)) {
    auto* x = host.requests.find(number);
    if (x->what != open_requests::kind::join || x->room != room)
      continue;
    x->is_answered = true;
    refuse(host.requests.take_ack(number), why.code, why.message);
  }
}

void client_socket::tell_left(const std::string& room,
                              std::string_view reason) {
  count(host.self->system(), metrics::memberships_lost)->inc();
  log::debug("a member may not be in its room any more",
             {{"sid", host.sid()}, {"room", room}, {"reason", reason}});
  send_event("weir:left", left_argument(room, reason));
}

} // namespace weir
