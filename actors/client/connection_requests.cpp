// What a client has asked for and is not over yet. Everything that makes work
// for other actors counts against its credit, with or without an ack, until
// whoever has got it lets go of it: so no client can fill a mailbox. And each
// ack is given once, by whoever answers first.

#include "actors/client/answers.hpp"
#include "actors/client/connection_state.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "transport/socketio/encoder.hpp"

namespace weir {

// -- acks ---------------------------------------------------------------------

void connection_state::answer(socket_state& socket, std::string_view ack_id,
                              std::string_view json) {
  if (ack_id.empty())
    return;
  greet_now(socket);
  send_text(socketio::encode_ack(socket.nsp(), ack_id, json));
}

void connection_state::refuse(socket_state& socket, std::string_view ack_id,
                              emit_errc error, std::string_view message) {
  count(self->system(), metrics::requests_refused, to_string(error))->inc();
  log::debug("request refused",
             {{"sid", sid()}, {"code", to_string(error)}, {"why", message}});
  answer(socket, ack_id, error_answer(error, message));
}

// -- their beginning and end --------------------------------------------------

request_lease connection_state::lease_of(std::uint64_t request) {
  return std::make_shared<const credit_lease>(
    [to = me, request] { tell_anonymously(to, request_over{request}); });
}

request_lease connection_state::begin_request(const socket_ptr& socket,
                                              std::size_t cost) {
  return lease_of(requests.add({open_requests::kind::other, socket, {}, cost}));
}

/// A join that its room has not answered was lost with the room.
void connection_state::on_request_over(const request_over& x) {
  on_verdict(x.request);
  auto request = requests.end(x.request);
  if (!request)
    return;
  if (request->what == open_requests::kind::join && !request->is_answered) {
    join_answered lost{{request->socket, request->ack_id, x.request},
                       request->room,
                       0,
                       emit_errc::unavailable,
                       "the room has failed; join again"};
    lost.membership = request->membership;
    on_join_settled(lost, request->ack_id);
  } else if (request->what == open_requests::kind::leave) {
    on_left(*request);
  }
  update_reading();
  close_when_answered();
}

/// Whether the room has handled it or is no more: the socket is out.
void connection_state::on_left(const open_requests::request& x) {
  auto* socket = find(x.socket);
  if (socket == nullptr)
    return;
  send_new_position(*socket); // before the ack, as with a join
  answer_leave(*socket, x.ack_id, x);
}

/// One whose join was refused meanwhile has never been in.
void connection_state::answer_leave(socket_state& socket,
                                    std::string_view ack_id,
                                    const open_requests::request& x) {
  if (x.here.next.empty())
    refuse(socket, ack_id, emit_errc::not_a_member,
           "the socket is not in this room");
  else
    answer(socket, ack_id, room_answer(x.room, x.here));
}

void connection_state::answer_open_requests(socket_state& socket) {
  for (auto number : requests.unanswered_of(socket.identity)) {
    auto& x = *requests.find(number);
    auto ack_id = requests.take_ack(number);
    if (x.what == open_requests::kind::leave)
      answer_leave(socket, ack_id, x);
    else if (x.what != open_requests::kind::emit)
      refuse(socket, ack_id, emit_errc::unavailable,
             "the socket has left its namespace");
    else
      refuse(socket, ack_id, emit_errc::timeout,
             "the socket has left its namespace; the event may be stored");
  }
}

// -- credit -------------------------------------------------------------------

bool connection_state::is_exhausted() const {
  return requests.size() >= context->limits.unanswered_emits
         || requests.bytes() >= context->limits.unanswered_bytes;
}

/// A client is not read while too many of its requests are not over, while too
/// many answers wait for it, for a while after it has asked too often, or when
/// it is about to be sent away.
void connection_state::update_reading() {
  if (!unread && session->outbox_size() > session->outbox_limit())
    on_unread();
  auto wanted = unread || slowed || stopping || is_exhausted();
  if (wanted != paused) {
    paused = wanted;
    auto* held = gauge(self->system(), metrics::connections_paused);
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
  session->ask_drained();
  read_timeout.start(self, context->executor, context->read_timeout, [this] {
    log::limited(log_level::info, "closed: the client does not read", sid(),
                 {{"sid", sid()}, {"outbox", session->outbox_size()}});
    close();
  });
}

void connection_state::close_when_answered() {
  if (stopping && requests.awaited() == 0)
    close();
}

} // namespace weir
