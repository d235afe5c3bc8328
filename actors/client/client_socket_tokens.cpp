// How long a socket's client may be here: its token's life, which it renews on
// the way, and what the webhook has allowed.

#include "actors/client/client_socket.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "config/log.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <chrono>

namespace weir {

namespace {

/// A timer's longest wait; what ends later is looked at again then.
constexpr std::int64_t longest_wait = 24 * 60 * 60;

/// `"expires_at":1700003600`
std::string expiry_of(const auth::token_claims& x) {
  return R"("expires_at":)" + std::to_string(x.expires);
}

} // namespace

void client_socket::watch_token() {
  if (!token || !token->life)
    return;
  token->timer.start(host.self, host.context->executor,
                     token->life->pause(host.context->now()),
                     [this] { on_token_due(); });
}

void client_socket::on_token_due() {
  switch (token->life->due(host.context->now())) {
    case token_life::step::end:
      count(host.self->system(), metrics::tokens_expired)->inc();
      log::debug("closed: the token has expired",
                 {{"sid", host.sid()}, {"nsp", nsp()}});
      return host.close(); // with a new one the client may come back
    case token_life::step::notify:
      send_event("weir:token_expiring", "{" + expiry_of(token->claims) + "}");
      break;
    default:
      break;
  }
  watch_token();
}

void client_socket::on_token_event(const socketio::packet& x) {
  auto value = json::at(x.json, "/1");
  auto text = value ? json::string_value(*value) : std::nullopt;
  if (!text)
    return refuse(x.ack_id, emit_errc::invalid_payload,
                  "the token must be a string");
  auto who = host.context->tokens->renew(*text, identity->user,
                                         host.context->now());
  if (who.error != auth::token_errc::none) {
    host.count_refusal(nsp(), who.error);
    refuse(x.ack_id, emit_errc::not_allowed,
           std::string{to_string(who.error)} + ": "
             + std::string{explain(who.error)});
    return host.close_if_refused_often();
  }
  token = host.make_token(std::move(who.claims));
  watch_token();
  renew_rights();
  answer(x.ack_id, R"({"status":"ok",)" + expiry_of(token->claims) + "}");
}

/// The connection lasts no longer than what the webhook has allowed.
void client_socket::watch_verdict() {
  if (!verdict || !verdict->until)
    return;
  auto left = *verdict->until - host.context->now();
  if (left <= 0) {
    count(host.self->system(), metrics::webhook_expired)->inc();
    log::debug("closed: what the webhook has allowed is over",
               {{"sid", host.sid()}, {"nsp", nsp()}});
    return host.close();
  }
  verdict->timer.start(host.self, host.context->executor,
                       std::chrono::seconds{std::min(left, longest_wait)},
                       [this] { watch_verdict(); });
}

} // namespace weir
