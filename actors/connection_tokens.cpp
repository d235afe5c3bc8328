// Who a client is, and for how long: each namespace is entered with a token,
// which is verified again when a socket comes back, and renewed on the way.

#include "actors/connection_state.hpp"
#include "actors/metrics.hpp"
#include "transport/socketio/encoder.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>

namespace weir {

namespace {

/// How often a client that waits for a key looks for it. The thread that
/// fetches knows no actors.
constexpr auto key_poll = std::chrono::milliseconds{50};

/// `"expires_at":1700003600`
std::string expiry_of(const auth::token_claims& x) {
  return R"("expires_at":)" + std::to_string(x.expires);
}

} // namespace

void connection_state::count_refusal(std::string_view nsp,
                                     auth::token_errc why) {
  ++refused_tokens;
  count(self->system(), metrics::tokens_refused, to_string(why))->inc();
  auto& from = session->handshake();
  log::limited(log_level::info, "a token is refused", from.address,
               {{"address", from.address},
                {"sid", sid()},
                {"nsp", nsp},
                {"code", to_string(why)},
                {"why", explain(why)}});
}

void connection_state::close_if_refused_often() {
  if (refused_tokens < context->tokens->max_refused())
    return;
  log::limited(log_level::info, "closed: too many refused tokens",
               session->handshake().address,
               {{"address", session->handshake().address}, {"sid", sid()}});
  close();
}

bool connection_state::admit(const nsp_routes& rules, std::string_view payload,
                             bool may_wait, token_ptr& token) {
  if (!context->tokens)
    return true;
  auto fetches = context->tokens->fetches(); // before the keys are looked at
  auto who = context->tokens->identify(rules.settings().auth, payload,
                                       session->handshake(), context->now());
  if (who.error == auth::token_errc::none) {
    if (!who.claims.user.empty())
      token = make_token(std::move(who.claims));
    return true;
  }
  if (who.error == auth::token_errc::key_unknown && may_wait
      && context->tokens->want_keys())
    wait_for_keys(rules, payload, fetches);
  else
    refuse_entry(rules, who.error);
  return false;
}

void connection_state::refuse_entry(const nsp_routes& rules,
                                    auth::token_errc why) {
  auto& nsp = rules.settings().name;
  count_refusal(nsp, why);
  send_text(socketio::encode_connect_error(
    nsp, "unauthorized", R"({"code":")" + std::string{to_string(why)} + "\"}"));
  close_if_refused_often();
}

/// Official clients do not come back by themselves after a CONNECT_ERROR, so a
/// key that is new does not turn them away. An attempt to fetch it ends in time
/// (`jwks_timeout`).
void connection_state::wait_for_keys(const nsp_routes& rules,
                                     std::string_view payload,
                                     std::size_t fetches) {
  auto lease = begin_request(nullptr, payload.size());
  waiting.push_back(std::make_unique<waiting_connect>(
    waiting_connect{&rules, std::string{payload}, std::move(lease), fetches}));
  look_for_keys(*waiting.back());
}

void connection_state::look_for_keys(waiting_connect& x) {
  x.timer.start(self, context->home, key_poll, [this, &x] {
    if (context->tokens->fetches() == x.fetches)
      return look_for_keys(x);
    auto i = std::find_if(waiting.begin(), waiting.end(),
                          [&](auto& y) { return y.get() == &x; });
    auto done = std::move(*i);
    waiting.erase(i);
    enter(*done->rules, done->payload, false);
  });
}

bool connection_state::is_waiting(std::string_view nsp) const {
  return std::any_of(waiting.begin(), waiting.end(),
                     [&](auto& x) { return x->rules->settings().name == nsp; });
}

token_ptr connection_state::make_token(auth::token_claims claims) const {
  auto expires = claims.expires;
  return std::make_unique<socket_token>(
    socket_token{std::move(claims),
                 {context->now(), expires, context->tokens->leeway(),
                  context->tokens->notice()},
                 {}});
}

void connection_state::watch_token(socket_state& socket) {
  if (!socket.token)
    return;
  socket.token->timer.start(self, context->home,
                            socket.token->life.pause(context->now()),
                            [this, to = socket.identity] {
                              if (auto* found = find(to))
                                on_token_due(*found);
                            });
}

void connection_state::on_token_due(socket_state& socket) {
  switch (socket.token->life.due(context->now())) {
    case token_life::step::end:
      count(self->system(), metrics::tokens_expired)->inc();
      log::debug("closed: the token has expired",
                 {{"sid", sid()}, {"nsp", socket.nsp()}});
      return close(); // with a new one the client may come back
    case token_life::step::notify:
      send_event(socket, "weir:token_expiring",
                 "{" + expiry_of(socket.token->claims) + "}");
      break;
    default:
      break;
  }
  watch_token(socket);
}

void connection_state::on_token_event(socket_state& socket,
                                      const socketio::packet& x) {
  auto value = json::at(x.json, "/1");
  auto text = value ? json::string_value(*value) : std::nullopt;
  if (!text)
    return refuse(socket, x.ack_id, emit_errc::invalid_payload,
                  "the token must be a string");
  auto who = context->tokens->renew(*text, socket.identity->user,
                                    context->now());
  if (who.error != auth::token_errc::none) {
    count_refusal(socket.nsp(), who.error);
    refuse(socket, x.ack_id, emit_errc::not_allowed,
           std::string{to_string(who.error)} + ": "
             + std::string{explain(who.error)});
    return close_if_refused_often();
  }
  auto token = make_token(std::move(who.claims));
  token->slot = std::move(socket.token->slot);
  socket.token = std::move(token);
  watch_token(socket);
  renew_rights(socket);
  answer(socket, x.ack_id,
         R"({"status":"ok",)" + expiry_of(socket.token->claims) + "}");
}

} // namespace weir
