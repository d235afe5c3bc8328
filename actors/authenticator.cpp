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
  return verifier_.verify(token, *keys_->get(), now);
}

token_result authenticator::renew(std::string_view token, std::string_view user,
                                  std::int64_t now) const {
  auto result = verifier_.verify(token, *keys_->get(), now);
  if (result.error == token_errc::key_unknown)
    want_keys(); // for when the client tries again
  if (result.error == token_errc::none && result.claims.user != user)
    return {token_errc::user_mismatch, {}};
  return result;
}

} // namespace weir
