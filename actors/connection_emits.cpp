#include "actors/answers.hpp"
#include "actors/connection_state.hpp"
#include "actors/metrics.hpp"
#include "transport/socketio/encoder.hpp"

namespace weir {

using socketio::packet;

namespace {

ack_target ack_of(const socket_state& socket, const packet& x) {
  return {socket.identity, std::string{x.ack_id}};
}

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
  if (x.name == settings.join_event)
    on_join_event(socket, x);
  else if (x.name == settings.leave_event)
    on_leave_event(socket, x);
  else if (auto* rule = socket.rules->local(x.name))
    on_local_event(socket, x, *rule);
  else
    on_mapped_event(socket, x);
}

void connection_state::on_mapped_event(socket_state& socket, const packet& x) {
  if (socket.rules->has_members_only()) {
    auto to = socket.rules->resolve(x.name, x.json);
    if (to.route && to.route->settings.members_only
        && !is_member(socket, to.room))
      return refuse(socket, x.ack_id, emit_errc::not_a_member,
                    "join the room \"" + to.room + "\" first");
  }
  emit_event message{
    me, ack_of(socket, x), std::string{x.name}, std::string{x.json},
    {}, x.json.size()};
  for (auto bytes : x.attachments) {
    message.attachments.emplace_back(bytes);
    message.cost += bytes.size();
  }
  spend(message.cost);
  tell(self, context->router, std::move(message));
}

// -- credit -------------------------------------------------------------------

void connection_state::spend(std::size_t cost) {
  ++unanswered_emits;
  unanswered_bytes += cost;
}

bool connection_state::is_exhausted() const {
  return unanswered_emits >= context->limits.unanswered_emits
         || unanswered_bytes >= context->limits.unanswered_bytes;
}

/// A client is not read while too many of its emits wait for Kafka, while too
/// many answers wait for it, or when it is about to be sent away.
void connection_state::update_reading() {
  if (!unread && session->outbox_size() > context->limits.outbox)
    on_unread();
  auto wanted = unread || stopping || is_exhausted();
  if (wanted != paused) {
    paused = wanted;
    auto* held = gauge(self->system(), metrics::connections_held);
    if (paused) {
      held->inc();
      session->pause_reading();
    } else {
      held->dec();
      session->resume_reading();
    }
  }
}

/// Its pongs are not read either: how long this may last is for us to say.
void connection_state::on_unread() {
  unread = true;
  patience.start(self, context->home, context->read_timeout, [this] {
    log::limited(log_level::info, "closed: the client does not read", sid(),
                 {{"sid", sid()}, {"outbox", session->outbox_size()}});
    close();
  });
}

// -- answers ------------------------------------------------------------------

void connection_state::on_emit_answered(emit_answered& x) {
  --unanswered_emits;
  unanswered_bytes -= x.cost;
  if (auto* socket = find(x.ack.socket)) {
    if (x.error != emit_errc::none)
      refuse(*socket, x.ack.ack_id, x.error, x.message);
    else
      answer(*socket, x.ack.ack_id,
             stored_answer(x.route->settings.topic, x.partition, x.offset));
  }
  update_reading();
  close_when_answered();
}

void connection_state::close_when_answered() {
  if (stopping && unanswered_emits == 0)
    close();
}

void connection_state::answer(const socket_state& socket,
                              std::string_view ack_id, std::string_view json) {
  if (!ack_id.empty())
    send_text(socketio::encode_ack(socket.nsp(), ack_id, json));
}

void connection_state::refuse(const socket_state& socket,
                              std::string_view ack_id, emit_errc error,
                              std::string_view message) {
  count(self->system(), metrics::requests_refused, to_string(error))->inc();
  log::debug("request refused",
             {{"sid", sid()}, {"code", to_string(error)}, {"why", message}});
  answer(socket, ack_id, error_answer(error, message));
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
  else if (rule.to == local_target::room)
    broadcast(socket, x, rule, as);
  if (rule.ack == local_ack::echo && !x.ack_id.empty())
    session->send(to_frames(
      socketio::encode_ack(socket.nsp(), x.ack_id, x.args, n), x.attachments));
}

void connection_state::broadcast(socket_state& socket, const packet& x,
                                 const local_options& rule,
                                 std::string_view as) {
  auto room = socket.rules->local_room(rule, x.json);
  if (!is_member(socket, room))
    return refuse(socket, x.ack_id, emit_errc::not_a_member,
                  "only members may send local events into a room");
  auto text = socketio::encode_event(socket.nsp(), as, x.args,
                                     x.attachments.size());
  tell(self, context->directory,
       broadcast_local{
         socket.rules->index(), std::move(room), socket.identity,
         std::make_shared<const std::string>(to_frames(text, x.attachments))});
}

} // namespace weir
