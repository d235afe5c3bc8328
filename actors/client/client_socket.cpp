#include "actors/client/client_socket.hpp"

#include "actors/client/answers.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "actors/runtime/metrics/rooms.hpp"
#include "config/log.hpp"
#include "transport/engineio/frames.hpp"
#include "transport/socketio/encoder.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

/// Of an event: its name and arguments. The name of a namespace may have
/// brackets.
std::string_view json_of(std::string_view frames) {
  auto text = engineio::next_frame(frames).bytes;
  auto nsp = text.find('/');
  auto from = nsp < text.find('[') ? text.find(',', nsp) : 0;
  auto begin = text.find('[', std::min(from, text.size()));
  return begin == std::string_view::npos ? "[]" : text.substr(begin);
}

} // namespace

client_socket::client_socket(socket_host& host, const nsp_routes& rules,
                             std::string id, entrant who)
  : host(host),
    rules(&rules),
    identity(std::make_shared<const socket_identity>(
      socket_identity{std::move(id), rules.index(), std::move(who.user),
                      std::move(who.trace)})),
    lagging(gauge(host.self->system(), metrics::members_lagging)),
    token(std::move(who.token)),
    rights(std::move(who.rights)),
    verdict(std::move(who.verdict)),
    slot(std::move(who.slot)) {
}

// -- coming and going ---------------------------------------------------------

void client_socket::open(std::string_view payload) {
  host.send_text(socketio::encode_connect(nsp(), identity->id,
                                          recovery ? recovery->pid() : ""));
  watch_token();
  watch_verdict();
  greet(payload);
  if (recovery) {
    tell(host.self, host.context->sockets,
         socket_opened{host.me, identity, host.begin_request(identity)});
    send_position();
  }
  join_automatically();
}

void client_socket::greet(std::string_view payload) {
  auto& settings = rules->settings().on_connect;
  if (!settings)
    return;
  greeting = std::make_unique<pending_greeting>();
  greeting->args = payload.empty() ? "{}" : payload;
  if (settings->delay.count() == 0)
    return greet_now();
  greeting->timer.start(host.self, host.context->executor, settings->delay,
                        [this] { greet_now(); });
}

void client_socket::greet_now() {
  if (auto x = std::exchange(greeting, nullptr))
    send_event(rules->settings().on_connect->event, x->args);
}

void client_socket::part(const request_lease& lease) {
  for (auto& [room, m] : rooms.all())
    tell(host.self, host.context->directory,
         leave_room{identity, m->room, lease, true});
  if (recovery)
    tell(host.self, host.context->sockets,
         socket_closed{identity, recovery->known(), lease});
}

void client_socket::answer_open_requests() {
  for (auto number : host.requests.unanswered_of(identity)) {
    auto& x = *host.requests.find(number);
    auto ack_id = host.requests.take_ack(number);
    if (x.what == open_requests::kind::leave)
      answer_leave(ack_id, x);
    else if (x.what != open_requests::kind::emit)
      refuse(ack_id, emit_errc::unavailable,
             "the socket has left its namespace");
    else
      refuse(ack_id, emit_errc::timeout,
             "the socket has left its namespace; the event may be stored");
  }
}

entrant client_socket::take_entrant() {
  return {std::move(token),   std::move(rights), identity->user,
          std::move(verdict), std::move(slot),   identity->trace};
}

// -- what it is sent ----------------------------------------------------------

void client_socket::send_event(std::string_view name, std::string_view args) {
  std::string frames;
  engineio::append_text_message(frames,
                                socketio::encode_event(nsp(), name, args));
  send_frames(frames);
}

void client_socket::note_sent(std::string_view frames) {
  host.context->all->events->add(schemas::seen_direction::sent, nsp(),
                                 identity->id, json_of(frames),
                                 event_sample::time_point::clock::now());
}

void client_socket::send_frames(std::string_view frames) {
  greet_now();
  host.context->meter->events_out.add(1);
  if (host.context->all->events->is_watched())
    note_sent(frames);
  if (!recovery)
    return host.session->send(frames);
  static thread_local std::string out; // keeps its memory
  out.clear();
  recovery->prepare(rooms, host.context->now());
  append_with_offset(out, frames, *recovery);
  host.session->send(out);
  recovery->mark_written();
}

void client_socket::send_position() {
  send_event("weir:position", {});
}

/// After the rooms have changed.
void client_socket::send_new_position() {
  if (!recovery)
    return;
  auto was_usable = recovery->is_usable();
  send_position();
  if (was_usable && !recovery->is_usable())
    count(host.self->system(), metrics::unrecoverable)->inc();
}

void client_socket::answer(std::string_view ack_id, std::string_view json) {
  if (ack_id.empty())
    return;
  greet_now();
  host.send_text(socketio::encode_ack(nsp(), ack_id, json));
}

void client_socket::refuse(std::string_view ack_id, emit_errc error,
                           std::string_view message) {
  count(host.self->system(), metrics::requests_refused, to_string(error))
    ->inc();
  log::debug("request refused", {{"sid", host.sid()},
                                 {"code", to_string(error)},
                                 {"why", message}});
  answer(ack_id, error_answer(error, message));
}

} // namespace weir
