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
