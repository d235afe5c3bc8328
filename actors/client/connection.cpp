#include "actors/client/connection.hpp"

#include "actors/client/connection_state.hpp"
#include "actors/client/event_trace.hpp"
#include "actors/runtime/metrics/connections.hpp"
#include "transport/socketio/encoder.hpp"

#include <algorithm>

namespace weir {

using engineio::close_reason;
using engineio::port_event;
using socketio::packet;
using socketio::packet_type;

namespace {

void note_departure(const client_socket& x, std::string_view reason) {
  auto& context = *x.host.context;
  context.all->left.add(x.nsp(), x.identity->id, reason, context.clock());
}

} // namespace

connection_state::connection_state(
  connection_actor::pointer self,
  std::shared_ptr<const connection_context> context,
  std::shared_ptr<engineio::session_control> session)
  : socket_host(self, std::move(context), std::move(session)),
    decoder(this->context->limits.json_depth, this->context->max_payload) {
  if (request_rates::are_limited(this->context->limits))
    rates = std::make_unique<request_rates>(this->context->limits);
}

connection_state::~connection_state() {
  if (paused)
    gauge(self->system(), metrics::connections_paused)->dec();
  session->detach();
  for (auto& x : sockets)
    x.part(nullptr);
}

connection_actor::behavior_type connection_state::make_behavior() {
  timer.start(self, context->executor, context->connect_timeout,
              [this] { on_nowhere(); });
  session->attach(*this);
  return {
    [this](emits_answered& x) { on_emits_answered(x); },
    [this](join_answered& x) { on_join_answered(x); },
    [this](const deliver_events& x) { on_events(x); },
    [this](const read_done& x) { on_read_done(x); },
    [this](const deliver_local& x) { on_local(x); },
    [this](const room_closed& x) { on_room_closed(x); },
    [this](const disconnect_socket& x) { on_disconnect(x); },
    [this](const resume_answered& x) { on_resume_answered(x); },
    [this](const take_over& x) { on_take_over(x); },
    [this](const request_over& x) { on_request_over(x); },
  };
}

// -- the session --------------------------------------------------------------

void connection_state::on_text(std::string_view text) {
  on_decoded(decoder.text(text));
}

void connection_state::on_binary(std::string_view bytes) {
  on_decoded(decoder.binary(bytes));
  decoder.release();
}

void connection_state::on_drained() {
  unread = false;
  read_timeout.cancel();
  update_reading();
  read_rooms();
}

/// Nothing more is read; what was asked for before is answered.
void connection_state::on_stopping() {
  stopping = true;
  update_reading();
  close_when_answered();
}

std::size_t connection_state::disconnect(const engineio::unwanted& whom) {
  using enum engineio::unwanted::kind;
  if (whom.what == id)
    return disconnect_id(whom.name);
  std::size_t result = 0;
  for (auto i = sockets.begin(); i != sockets.end();) {
    auto& socket = *i++;
    auto is_user = !socket.identity->user.empty()
                   && socket.identity->user == whom.name;
    if (!is_user
        && (whom.what != denied || !socket.token
            || socket.token->claims.id != whom.name))
      continue;
    disconnect(socket);
    ++result;
  }
  return result;
}

std::size_t connection_state::disconnect_id(std::string_view id) {
  if (view.is_called(id)) {
    while (!sockets.empty())
      disconnect(sockets.back());
    close();
    return 1;
  }
  auto i = std::find_if(sockets.begin(), sockets.end(),
                        [&](auto& x) { return x.identity->id == id; });
  if (i == sockets.end())
    return 0;
  disconnect(*i);
  return 1;
}

void connection_state::on_closed(close_reason reason) {
  log::debug("connection closed",
             {{"sid", sid()}, {"reason", to_string(reason)}});
  end(reason);
}

void connection_state::abort(port_event what, std::string_view why) {
  session->abort(what, why);
  end(close_reason::parse_error);
}

/// Who has asked for a namespace in time waits for us.
void connection_state::on_nowhere() {
  if (!checked || !checked->has_connects())
    return abort(port_event::connect_failed, "no namespace is entered in time");
  log::debug("nobody knows in time whether a client may enter",
             {{"sid", sid()}});
  close();
}

void connection_state::close() {
  session->close();
  end(close_reason::forced_close);
}

/// The actor's end comes as a message, whoever calls this. (CAF ignores an
/// exit message with the reason "normal".)
void connection_state::end(close_reason reason) {
  count(self->system(), metrics::connections_closed, to_string(reason))->inc();
  for (auto& x : sockets)
    note_departure(x, to_string(reason));
  timer.cancel();
  read_timeout.cancel();
  slow.cancel();
  if (checked)
    checked->certificate.cancel();
  self->send_exit(me, caf::exit_reason::user_shutdown);
}

// -- packets and namespaces ---------------------------------------------------

void connection_state::on_decoded(const socketio::decoder::result& x) {
  if (x.error != socketio::decode_errc::none) {
    abort(port_event::packet_failed, to_string(x.error));
  } else if (x.value != nullptr) {
    on_packet(*x.value);
    update_reading();
  }
}

void connection_state::on_packet(const packet& x) {
  auto* socket = find(x.nsp);
  auto is_fit = x.type == packet_type::connect
                  ? socket == nullptr && !is_waiting(x.nsp)
                  : socket && !socket->resuming;
  if (!is_fit) {
    return abort(port_event::packet_failed,
                 "a packet that does not fit its namespace's state");
  }
  if (rates && !is_within_rates(socket, x))
    return;
  switch (x.type) {
    case packet_type::connect:
      return on_connect(x);
    case packet_type::disconnect:
      return leave_permanently(*socket, "client namespace disconnect");
    case packet_type::event:
    case packet_type::binary_event:
      return socket->on_event(x);
    default: // acks: nothing of ours asks for one
      return;
  }
}

void connection_state::on_connect(const packet& x) {
  auto* found = table->find(x.nsp);
  if (found == nullptr)
    return send_text(
      socketio::encode_connect_error(x.nsp, "Invalid namespace"));
  if (x.refusal != socketio::refusal::none)
    return send_text(
      socketio::encode_connect_error(x.nsp, to_string(x.refusal)));
  enter(*found, x.json, true);
}

void connection_state::enter(const nsp_routes& rules, std::string_view payload,
                             bool may_wait) {
  token_ptr token;
  if (!admit(rules, payload, may_wait, token))
    return;
  if (asks(rules, "connect"))
    ask_connect(rules, payload, std::move(token));
  else
    let_in(rules, payload, entrant_of(std::move(token)));
}

void connection_state::let_in(const nsp_routes& rules, std::string_view payload,
                              entrant who) {
  who.rights = take_rights(*context, rules, who.token);
  if (auto trace = trace_in(payload, rules.settings().trace_from))
    who.trace = std::make_shared<const passed_trace>(std::move(*trace));
  // The connection that it comes back from is about to end.
  auto user = who.user;
  auto resumes = try_resume(rules, payload, who);
  if (!hold_user(rules, user, resumes ? sockets.back().slot : who.slot,
                 resumes))
    return;
  timer.cancel();
  if (!resumes)
    open(rules, payload, std::move(who));
}

void connection_state::open(const nsp_routes& rules, std::string_view payload,
                            entrant who) {
  auto& socket = sockets.emplace_back(*this, rules, context->make_socket_id(),
                                      std::move(who));
  if (rules.settings().recovery.count() > 0)
    socket.start_recovery(context->signer->make_pid(
      socket.nsp(), socket.identity->id, socket.identity->user));
  socket.open(payload);
}

void connection_state::leave_nsp(client_socket& x) {
  x.answer_open_requests();
  x.part(begin_request(x.identity));
  sockets.remove_if([&](auto& y) { return &y == &x; });
}

void connection_state::leave_permanently(client_socket& x,
                                         std::string_view reason) {
  note_departure(x, reason);
  if (x.recovery)
    x.recovery->end();
  leave_nsp(x);
}

void connection_state::disconnect(client_socket& x) {
  x.answer_open_requests();
  send_text(socketio::encode_disconnect(x.nsp()));
  leave_permanently(x, "server namespace disconnect");
}

void connection_state::on_disconnect(const disconnect_socket& x) {
  if (auto* found = find(x.socket))
    disconnect(*found);
}

client_socket* connection_state::find(std::string_view nsp) {
  auto i = std::find_if(sockets.begin(), sockets.end(),
                        [&](auto& x) { return x.nsp() == nsp; });
  return i == sockets.end() ? nullptr : &*i;
}

client_socket* connection_state::find(const socket_ptr& identity) {
  auto i = std::find_if(sockets.begin(), sockets.end(),
                        [&](auto& x) { return x.identity == identity; });
  return i == sockets.end() ? nullptr : &*i;
}

void socket_host::send_text(std::string_view text) {
  static thread_local std::string frames; // keeps its memory
  frames.clear();
  engineio::append_text_message(frames, text);
  session->send(frames);
}

// Of an idle connection's memory it is nearly half, and the next size that the
// allocator (jemalloc) has is 2,048 bytes.
static_assert(
  sizeof(
    caf::actor_storage<caf::stateful_actor<
      connection_state, on_loop<connection_actor::base, connection_state>>>)
  <= 1792);

connection_actor
spawn_connection(std::shared_ptr<const connection_context> context,
                 std::shared_ptr<engineio::session_control> session) {
  auto executor = context->executor;
  return executor.spawn<connection_actor, connection_state>(std::move(context),
                                                            std::move(session));
}

} // namespace weir
