// What a client may do by the endpoint of [auth.webhook], which is asked where
// the namespace's `webhook` says so: for each CONNECT, and for each room that a
// socket is to be in. A question is one of the client's requests: it counts
// against its credit, and when it is over there is an answer, or never will be.

#include "actors/client/connection_state.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "transport/socketio/encoder.hpp"

#include <algorithm>
#include <chrono>

namespace weir {

/// The answer is written, on whatever thread, before the request's lease ends;
/// so it may be read once the request is over.
webhook_answer connection_state::ask(std::uint64_t request,
                                     auth::decision_question question) {
  question.address = session->handshake().address;
  auto answer = std::make_shared<std::optional<auth::decision>>();
  auto lease = lease_of(request); // where nobody is asked, it ends here
  if (context->ask_webhook)
    context->ask_webhook(
      std::move(question),
      [answer, lease = std::move(lease)](std::optional<auth::decision> x) {
        *answer = std::move(x);
      });
  return answer;
}

void connection_state::on_verdict(std::uint64_t request) {
  if (!checked)
    return;
  if (auto asked = checked->connects.extract(request))
    return on_connect_decided(asked.mapped());
  auto* x = requests.find(request);
  if (x == nullptr || x->what != open_requests::kind::question)
    return;
  auto& rooms = checked->rooms;
  auto i = rooms.find({x->socket, x->room});
  if (i == rooms.end() || i->second.request != request)
    return; // of a join that has waited for another one's answer
  auto asked = rooms.extract(i);
  on_room_decided(asked.key(), asked.mapped());
}

// -- namespaces ---------------------------------------------------------------

void connection_state::ask_connect(const nsp_routes& rules,
                                   std::string_view payload, token_ptr token) {
  auth::decision_question x{auth::decision_question::kind::connect,
                            rules.settings().name};
  if (token) {
    x.user = token->claims.user;
    x.claims = token->claims.json;
  } else {
    x.auth = auth::shown_by(payload);
  }
  if (x.auth.size() > context->max_shown)
    return refuse_connect(rules, emit_errc::too_large,
                          "it connects with more than auth.jwt.max_token");
  auto number = requests.add(
    {open_requests::kind::question, nullptr, {}, payload.size()});
  checks().connects.emplace(
    number, connect_question{&rules, std::string{payload}, std::move(token),
                             ask(number, std::move(x))});
}

void connection_state::on_connect_decided(connect_question& x) {
  auto error = error_of(x.answer);
  if (error != emit_errc::none)
    return refuse_connect(*x.rules, error, webhook_reason(error));
  auto& answer = **x.answer;
  auto who = entrant_of(std::move(x.token));
  if (answer.user && who.token && *answer.user != who.user)
    return refuse_connect(*x.rules, emit_errc::not_allowed,
                          "auth.webhook names another user than the token");
  if (answer.expires && *answer.expires <= context->now())
    return refuse_connect(*x.rules, emit_errc::not_allowed,
                          "what auth.webhook allows is over already");
  if (answer.user)
    who.user = std::move(*answer.user);
  if (auto denied = look_up(who); denied != auth::token_errc::none)
    return refuse_entry(*x.rules, denied);
  who.verdict = std::make_unique<socket_verdict>(
    socket_verdict{std::move(answer.rooms), answer.expires, {}});
  let_in(*x.rules, x.payload, std::move(who));
}

/// Whether somebody is denied of whom that was not known before: the answer has
/// taken a while, and may have named him.
auth::token_errc connection_state::look_up(const entrant& x) const {
  if (!context->tokens || x.user.empty())
    return auth::token_errc::none;
  return context->tokens->look_up(x.user,
                                  x.token ? x.token->claims.id : std::string{});
}

/// Where nobody answers that is not the client's fault: its sockets in other
/// namespaces stay, however often it tries.
void connection_state::refuse_connect(const nsp_routes& rules, emit_errc code,
                                      std::string_view why) {
  count(self->system(), metrics::webhook_refused, to_string(code))->inc();
  auto& from = session->handshake().address;
  log::limited(log_level::info, "a client is not let in by the webhook", from,
               {{"address", from},
                {"sid", sid()},
                {"nsp", rules.settings().name},
                {"code", to_string(code)},
                {"why", why}});
  send_text(socketio::encode_connect_error(
    rules.settings().name, "unauthorized",
    R"({"code":")" + std::string{to_string(code)} + "\"}"));
  if (code != emit_errc::unavailable)
    ++refused;
  close_if_refused_often();
}

// -- rooms --------------------------------------------------------------------

void connection_state::request_join(const client_socket& socket,
                                    const std::string& room, pending_join x) {
  x.request = requests.add({open_requests::kind::question, socket.identity,
                            std::move(x.ack_id), x.cost, room});
  auto [i, is_new] = checks().rooms.try_emplace({socket.identity, room});
  auto& question = i->second;
  if (is_new) {
    question.request = x.request;
    auth::decision_question asked{auth::decision_question::kind::join,
                                  socket.nsp(), socket.identity->user, room};
    if (socket.token)
      asked.claims = socket.token->claims.json;
    question.answer = ask(x.request, std::move(asked));
  } else {
    x.lease = lease_of(x.request);
  }
  question.joins.push_back(std::move(x));
}

void connection_state::on_room_decided(const socket_room& where,
                                       room_question& x) {
  auto error = error_of(x.answer);
  for (auto& y : x.joins) {
    auto* socket = find(where.first);
    if (socket == nullptr)
      return; // the client has been notified
    if (y.what == pending_join::kind::resumes)
      socket->on_return_decided(where.second, error);
    else
      socket->on_join_decided(where.second, error, y);
  }
}

/// The client leaves a room that it has not been let into yet: what it has
/// asked for before is over with that.
void connection_state::call_joins_off(client_socket& socket,
                                      const std::string& room,
                                      const join_refusal& why) {
  if (!checked)
    return;
  auto i = checked->rooms.find({socket.identity, room});
  if (i == checked->rooms.end())
    return;
  for (auto& x : std::exchange(i->second.joins, {}))
    socket.refuse(requests.take_ack(x.request), why.code, why.message);
}

} // namespace weir
