#include "actors/client/answers.hpp"
#include "actors/client/connection_state.hpp"
#include "actors/runtime/metrics.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/socketio/encoder.hpp"

namespace weir {

using socketio::packet;

namespace {

/// A packet and its attachments, in one piece.
template <class Attachments>
std::string to_frames(std::string_view text, const Attachments& xs) {
  std::string frames;
  engineio::append_text_message(frames, text);
  for (auto& bytes : xs)
    engineio::append_binary_message(frames, bytes);
  return frames;
}

emit_errc error_of(socketio::refusal x) {
  switch (x) {
    case socketio::refusal::bad_name: // which no configuration could hold
      return emit_errc::unknown_event;
    case socketio::refusal::too_large:
      return emit_errc::too_large;
    default:
      return emit_errc::invalid_payload;
  }
}

} // namespace

void connection_state::on_event(socket_state& socket, const packet& x) {
  if (x.refusal != socketio::refusal::none)
    return refuse(socket, x.ack_id, error_of(x.refusal), to_string(x.refusal));
  auto& settings = socket.rules->settings();
  if (x.name.size() > max_event_name)
    return refuse(socket, x.ack_id, emit_errc::too_large,
                  "an event's name has at most "
                    + std::to_string(max_event_name) + " bytes");
  if (x.name == settings.join_event)
    on_join_event(socket, x);
  else if (x.name == settings.leave_event)
    on_leave_event(socket, x);
  else if (auto* rule = socket.rules->local(x.name))
    on_local_event(socket, x, *rule);
  else if (socket.token && x.name == "weir:token"
           && context->tokens->takes_tokens())
    on_token_event(socket, x);
  else
    on_mapped_event(socket, x);
}

void connection_state::on_mapped_event(socket_state& socket, const packet& x) {
  emit_event message{me,
                     {socket.identity, std::string{x.ack_id}},
                     std::string{x.name},
                     std::string{x.json},
                     {},
                     x.json.size()};
  if (socket.rights || socket.rules->has_members_only()) {
    auto& to = message.to.emplace(socket.rules->resolve(x.name, x.json));
    if (to.route && !may_emit(socket, x, to))
      return;
  }
  for (auto bytes : x.attachments) {
    message.attachments.emplace_back(bytes);
    message.cost += bytes.size();
  }
  message.ack.request
    = requests.add({open_requests::kind::emit, socket.identity,
                    message.ack.ack_id, message.cost});
  if (auto batch = context->emits->add(std::move(message)))
    tell(self, context->router, std::move(*batch));
}

bool connection_state::may_emit(socket_state& socket, const packet& x,
                                const destination& to) {
  if (!may_or_refuse(socket, x.ack_id, right::emit, *to.route, to.room))
    return false;
  auto is_let = !to.route->settings.members_only || is_member(socket, to.room);
  if (!is_let)
    refuse(socket, x.ack_id, emit_errc::not_a_member,
           "join the room \"" + to.room + "\" first");
  return is_let;
}

void connection_state::on_emits_answered(emits_answered& x) {
  for (auto& answered : x.all)
    on_emit_answered(answered);
  update_reading();
  close_when_answered();
}

/// Its answer ends the request. The socket may be gone, and has been notified
/// then.
void connection_state::on_emit_answered(emit_answered& x) {
  auto ack_id = requests.take_ack(x.ack.request);
  requests.end(x.ack.request);
  if (auto* socket = find(x.ack.socket)) {
    if (x.error != emit_errc::none)
      refuse(*socket, ack_id, x.error, x.message);
    else
      answer(*socket, ack_id,
             stored_answer(x.route->settings.topic, x.partition, x.offset));
  }
}

// -- local events -------------------------------------------------------------

void connection_state::on_local_event(socket_state& socket, const packet& x,
                                      const local_options& rule) {
  auto as = rule.as.empty() ? x.name : std::string_view{rule.as};
  auto n = x.attachments.size();
  if (rule.to == local_target::sender)
    send_frames(socket,
                to_frames(socketio::encode_event(socket.nsp(), as, x.args, n),
                          x.attachments));
  else if (rule.to == local_target::room && !broadcast(socket, x, rule, as))
    return;
  if (rule.ack != local_ack::echo || x.ack_id.empty())
    return;
  greet_now(socket);
  session->send(to_frames(
    socketio::encode_ack(socket.nsp(), x.ack_id, x.args, n), x.attachments));
}

/// Counts against the client's credit until the last member has it.
bool connection_state::broadcast(socket_state& socket, const packet& x,
                                 const local_options& rule,
                                 std::string_view as) {
  auto room = socket.rules->local_room(rule, x.json);
  if (!is_member(socket, room)) {
    refuse(socket, x.ack_id, emit_errc::not_a_member,
           "only members may send local events into a room");
    return false;
  }
  if (!may_or_refuse(socket, x.ack_id, right::emit,
                     *socket.rules->mapping_of(room), room))
    return false;
  auto text = socketio::encode_event(socket.nsp(), as, x.args,
                                     x.attachments.size());
  auto frames
    = std::make_shared<const std::string>(to_frames(text, x.attachments));
  auto lease = begin_request(socket.identity, frames->size());
  tell(self, context->directory,
       broadcast_local{socket.rules->index(), std::move(room), socket.identity,
                       std::move(frames), std::move(lease)});
  return true;
}

} // namespace weir
