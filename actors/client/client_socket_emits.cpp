#include "actors/client/answers.hpp"
#include "actors/client/client_socket.hpp"
#include "actors/contract/relay.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/socketio/decoder.hpp"
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

void client_socket::on_event(const packet& x) {
  host.context->meter->events_in.add(1);
  if (host.context->all->events->is_watched())
    note_received(x);
  if (x.refusal != socketio::refusal::none)
    return refuse(x.ack_id, error_of(x.refusal), to_string(x.refusal));
  auto& settings = rules->settings();
  if (x.name.size() > max_event_name)
    return refuse(x.ack_id, emit_errc::too_large,
                  "an event's name has at most "
                    + std::to_string(max_event_name) + " bytes");
  if (x.name == settings.join_event)
    on_join_event(x);
  else if (x.name == settings.leave_event)
    on_leave_event(x);
  else if (auto* rule = rules->local(x.name))
    on_local_event(x, *rule);
  else if (token && x.name == "weir:token"
           && host.context->tokens->takes_tokens())
    on_token_event(x);
  else
    on_mapped_event(x);
}

/// A token is nobody's business.
void client_socket::note_received(const packet& x) {
  if (x.refusal == socketio::refusal::none && x.name != "weir:token")
    host.context->all->events->add(schemas::seen_direction::received, nsp(),
                                   identity->id, x.json,
                                   event_sample::time_point::clock::now());
}

void client_socket::on_mapped_event(const packet& x) {
  std::unique_ptr<destination> to;
  if (rights || rules->has_members_only()) {
    to = std::make_unique<destination>(rules->resolve(x.name, x.args));
    if (to->route && !may_emit(x, *to))
      return;
  }
  emit_event message{host.me,
                     {identity, std::string{x.ack_id}},
                     std::string{x.name},
                     std::string{x.args},
                     {},
                     x.json.size(),
                     std::move(to),
                     rules};
  for (auto bytes : x.attachments) {
    message.attachments.emplace_back(bytes);
    message.cost += bytes.size();
  }
  open_requests::request request{open_requests::kind::emit, identity,
                                 message.ack.ack_id, message.cost};
  request.since = host.context->emits->arrival();
  if (log::enabled(log_level::debug))
    request.room = rules->resolve(x.name, x.args).room;
  message.ack.request = host.requests.add(std::move(request));
  if (auto batch = host.context->emits->add(std::move(message)))
    tell(host.self, host.context->router, std::move(*batch));
}

bool client_socket::may_emit(const packet& x, const destination& to) {
  if (!may_or_refuse(x.ack_id, right::emit, *to.route, to.room))
    return false;
  auto is_let = !to.route->settings.members_only || is_member(to.room);
  if (!is_let)
    refuse(x.ack_id, emit_errc::not_a_member,
           "join the room \"" + to.room + "\" first");
  return is_let;
}

/// Its answer has ended the request.
void client_socket::on_emit_answered(const emit_answered& x,
                                     const open_requests::request& request) {
  auto& ack_id = request.ack_id;
  if (x.error != emit_errc::none)
    return refuse(ack_id, x.error, x.message);
  if (log::enabled(log_level::debug))
    log::debug("event stored", {{"sid", host.sid()},
                                {"socket_id", identity->id},
                                {"room", request.room},
                                {"topic", x.route->settings.topic},
                                {"partition", x.partition},
                                {"offset", x.offset}});
  answer(ack_id, stored_answer(x.route->topic_json, x.partition, x.offset));
  if (!ack_id.empty())
    host.context->meter->acknowledged(request.since);
}

// -- local events -------------------------------------------------------------

void client_socket::on_local_event(const packet& x, const local_options& rule) {
  auto as = rule.as.empty() ? x.name : std::string_view{rule.as};
  auto n = x.attachments.size();
  if (rule.to == local_target::sender)
    send_frames(
      to_frames(socketio::encode_event(nsp(), as, x.args, n), x.attachments));
  else if (rule.to == local_target::room && !broadcast(x, rule, as))
    return;
  if (rule.ack != local_ack::echo || x.ack_id.empty())
    return;
  greet_now();
  host.session->send(
    to_frames(socketio::encode_ack(nsp(), x.ack_id, x.args, n), x.attachments));
}

/// Counts against the client's credit until the last member has it.
bool client_socket::broadcast(const packet& x, const local_options& rule,
                              std::string_view as) {
  auto room = rules->local_room(rule, x.args);
  if (!is_member(room)) {
    refuse(x.ack_id, emit_errc::not_a_member,
           "only members may send local events into a room");
    return false;
  }
  if (!may_or_refuse(x.ack_id, right::emit, *rules->mapping_of(room), room))
    return false;
  auto text = socketio::encode_event(nsp(), as, x.args, x.attachments.size());
  auto frames
    = std::make_shared<const std::string>(to_frames(text, x.attachments));
  auto lease = host.begin_request(identity, frames->size());
  tell(host.self, host.context->directory,
       broadcast_local{rules->index(), std::move(room), identity,
                       std::move(frames), std::move(lease)});
  return true;
}

} // namespace weir
