#include "actors/authenticator.hpp"

#include "actors/token_places.hpp"

namespace weir {

using auth::token_errc;
using auth::token_result;

token_result authenticator::identify(auth_policy policy,
                                     std::string_view payload,
                                     const engineio::handshake_info& handshake,
                                     std::int64_t now) const {
  if (policy == auth_policy::none)
    return {};
  auto token = find_token(settings_.token, payload, handshake);
  if (token.empty() && policy == auth_policy::optional)
    return {};
  return verify(token, now);
}

token_result authenticator::verify(std::string_view token,
                                   std::int64_t now) const {
  using enum auth::deny_list::verdict;
  auto result = verifier_.verify(token, *keys_->get(), now);
  if (result.error != token_errc::none || !denied_)
    return result;
  switch (denied_->look_up(result.claims.user, result.claims.id)) {
    case allowed:
      return result;
    case denied:
      return {token_errc::revoked, {}};
    default:
      return {token_errc::unavailable, {}};
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
