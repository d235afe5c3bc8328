// Who a client is, and for how long: each namespace is entered with a token,
// which is verified again when a socket comes back, and renewed on the way, or
// by the certificate that the client has shown.

#include "actors/client/connection_state.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "transport/socketio/encoder.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <chrono>

namespace weir {

namespace {

/// How often a client that waits for a key looks for it, and one for the list
/// of who is denied, which may take longer and keeps all clients waiting. The
/// threads that fetch know no actors.
constexpr auto key_pause = std::chrono::milliseconds{50};
constexpr auto list_pause = std::chrono::milliseconds{500};

/// The clock may be set while a certificate lasts.
constexpr std::int64_t longest_wait = 600;

} // namespace

pending_checks& connection_state::checks() {
  if (!checked)
    checked = std::make_unique<pending_checks>();
  return *checked;
}

void connection_state::count_refusal(std::string_view nsp,
                                     auth::token_errc why) {
  ++refused;
  count(self->system(), metrics::tokens_refused, to_string(why))->inc();
  auto& from = session->handshake();
  auto note = [&](log::line_text what) {
    log::limited(log_level::info, what, from.address,
                 {{"address", from.address},
                  {"sid", sid()},
                  {"nsp", nsp},
                  {"code", to_string(why)},
                  {"why", explain(why)}});
  };
  if (is_of_certificate(why))
    note("a client's certificate is refused");
  else
    note("a token is refused");
}

void connection_state::close_if_refused_often() {
  if (refused < context->max_refused)
    return;
  log::limited(log_level::info, "closed: too many refused tokens or CONNECTs",
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
    if (who.is_of_certificate)
      token = std::make_unique<socket_token>(
        socket_token{std::move(who.claims), {}, {}});
    else if (!who.claims.user.empty())
      token = make_token(std::move(who.claims));
    if (token && session->handshake().certificate)
      watch_certificate();
    return true;
  }
  auto& tokens = *context->tokens;
  if (who.error == auth::token_errc::key_unknown && may_wait
      && tokens.want_keys())
    wait(rules, payload, key_pause,
         [&tokens, fetches] { return tokens.fetches() != fetches; });
  else if (who.error == auth::token_errc::unavailable
           && tokens.will_know_denied())
    wait(rules, payload, list_pause,
         [&tokens] { return tokens.knows_denied(); });
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

/// Official clients do not come back by themselves after a CONNECT_ERROR, so
/// neither a key that is new nor brokers that are away turn them away. An
/// attempt to fetch a key ends in time (`jwks_timeout`); whoever waits for
/// longer than `connect_timeout` is closed, and does come back.
void connection_state::wait(const nsp_routes& rules, std::string_view payload,
                            std::chrono::milliseconds pause,
                            std::function<bool()> is_over) {
  auto lease = begin_request(nullptr, payload.size());
  auto& all = checks().waiting;
  all.push_back(std::make_unique<waiting_connect>(
    waiting_connect{&rules, std::string{payload}, std::move(lease), pause,
                    std::move(is_over)}));
  look_again(*all.back());
}

void connection_state::look_again(waiting_connect& x) {
  x.timer.start(self, context->executor, x.pause, [this, &x] {
    if (!x.is_over())
      return look_again(x);
    auto& all = checks().waiting;
    auto i = std::find_if(all.begin(), all.end(),
                          [&](auto& y) { return y.get() == &x; });
    auto done = std::move(*i);
    all.erase(i);
    enter(*done->rules, done->payload, false);
  });
}

bool connection_state::is_waiting(std::string_view nsp) const {
  return checked && checked->has_connect(nsp);
}

token_ptr socket_host::make_token(auth::token_claims claims) const {
  auto expires = claims.expires;
  return std::make_unique<socket_token>(
    socket_token{std::move(claims),
                 token_life{context->now(), expires, context->tokens->leeway(),
                            context->tokens->notice()},
                 {}});
}

void connection_state::watch_certificate() {
  auto left = session->handshake().certificate->expires - context->now();
  if (left <= 0) {
    count(self->system(), metrics::certificates_expired)->inc();
    log::debug("closed: the client's certificate has expired",
               {{"sid", sid()}});
    return close();
  }
  checks().certificate.start(self, context->executor,
                             std::chrono::seconds{std::min(left, longest_wait)},
                             [this] { watch_certificate(); });
}

} // namespace weir
