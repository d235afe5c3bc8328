#include "actors/client/authenticator.hpp"

#include "actors/client/token_places.hpp"
#include "transport/socketio/json_slice.hpp"

namespace weir {

using auth::token_errc;
using auth::token_result;

namespace {

/// The only claim of a certificate, whatever tokens call theirs.
std::string claims_of(std::string_view user) {
  std::string result = R"({"sub":)";
  json::append_string(result, user);
  return result + "}";
}

} // namespace

identity_result
authenticator::identify(auth_policy policy, std::string_view payload,
                        const engineio::handshake_info& handshake,
                        std::int64_t now) const {
  if (policy == auth_policy::none)
    return {};
  std::string token;
  if (takes_tokens())
    token = find_token(settings_.token, payload, handshake);
  identity_result shown;
  if (handshake.certificate)
    shown = judge(*handshake.certificate, now);
  if (shown.error != token_errc::none)
    return shown;
  if (token.empty()
      && (handshake.certificate || policy == auth_policy::optional))
    return shown;
  auto [error, claims] = verify(token, now);
  if (error == token_errc::none && handshake.certificate
      && claims.user != shown.claims.user)
    error = token_errc::user_mismatch;
  return {error, std::move(claims)};
}

/// It was verified by TLS, which does not look again where a session is
/// resumed.
identity_result authenticator::judge(const engineio::client_certificate& x,
                                     std::int64_t now) const {
  using enum engineio::client_certificate::problem;
  switch (x.what) {
    case none:
      break;
    case no_user:
      return {token_errc::certificate_user_missing};
    case ambiguous:
      return {token_errc::certificate_user_ambiguous};
    case bad_user:
      return {token_errc::certificate_user_invalid};
  }
  if (now >= x.expires)
    return {token_errc::certificate_expired};
  if (auto denied = look_up(x.user, {}); denied != token_errc::none)
    return {denied};
  return {token_errc::none, {claims_of(x.user), x.user, x.expires}, true};
}

token_result authenticator::verify(std::string_view token,
                                   std::int64_t now) const {
  if (!takes_tokens())
    return {token_errc::certificate_missing, {}};
  auto result = verifier_.verify(token, *keys_->get(), now);
  if (result.error != token_errc::none)
    return result;
  auto denied = look_up(result.claims.user, result.claims.id);
  return denied == token_errc::none ? result : token_result{denied, {}};
}

token_errc authenticator::look_up(std::string_view user,
                                  std::string_view id) const {
  using enum auth::deny_list::verdict;
  if (!denied_)
    return token_errc::none;
  switch (denied_->look_up(user, id)) {
    case allowed:
      return token_errc::none;
    case denied:
      return token_errc::revoked;
    default:
      return token_errc::unavailable;
  }
}

token_result authenticator::renew(std::string_view token, std::string_view user,
                                  std::int64_t now) const {
  auto result = verify(token, now);
  if (result.error == token_errc::key_unknown)
    want_keys(); // for when the client tries again
  if (result.error == token_errc::none && result.claims.user != user)
    return {token_errc::user_mismatch, {}};
  return result;
}

} // namespace weir
