// What a client has asked for and is not over yet. Everything that makes work
// for other actors counts against its credit, with or without an ack, until
// whoever has got it lets go of it: so no client can fill a mailbox. And each
// ack is given once, by whoever answers first.

#include "actors/client/connection_state.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "actors/runtime/metrics/node.hpp"

namespace weir {

// -- their beginning and end --------------------------------------------------

request_lease socket_host::lease_of(std::uint64_t request) {
  return std::make_shared<const credit_lease>(
    [to = me, request] { tell_anonymously(to, request_over{request}); });
}

request_lease socket_host::begin_request(const socket_ptr& socket,
                                         std::size_t cost) {
  return lease_of(requests.add({open_requests::kind::other, socket, {}, cost}));
}

void connection_state::on_emits_answered(emits_answered& x) {
  for (auto& answered : x.all)
    on_emit_answered(answered);
  update_reading();
  close_when_answered();
}

/// The socket may be gone; its client has been notified then.
void connection_state::on_emit_answered(const emit_answered& x) {
  auto request = requests.end(x.ack.request);
  auto* socket = find(x.ack.socket);
  if (request && socket != nullptr)
    socket->on_emit_answered(x, *request);
}

void connection_state::on_join_answered(join_answered& x) {
  auto* request = requests.find(x.ack.request);
  if (request == nullptr || std::exchange(request->is_answered, true))
    return;
  on_join_settled(x, requests.take_ack(x.ack.request));
}

void connection_state::on_join_settled(const join_answered& x,
                                       std::string_view ack_id) {
  if (auto* socket = find(x.ack.socket))
    socket->on_join_settled(x, ack_id); // otherwise the client was notified
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
    if (auto* socket = find(request->socket))
      socket->on_left(*request);
  }
  update_reading();
  close_when_answered();
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
      if (unread || is_exhausted())
        count(self->system(), metrics::credit_stalls, "client")->inc();
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
