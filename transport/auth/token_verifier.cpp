#include "transport/auth/token_verifier.hpp"

#include "transport/auth/claims_reader.hpp"
#include "transport/auth/compact_token.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>

namespace weir::auth {

namespace {

namespace json = boost::json;

/// The first key whose signature it is.
token_errc verify_signature(const compact_token& x, algorithm by,
                            const key_set& keys) {
  auto candidates = keys.candidates(by, x.key_id);
  if (candidates.empty())
    return token_errc::key_unknown;
  for (auto* key : candidates)
    if (key->verifies(by, x.signed_part, x.signature))
      return token_errc::none;
  return token_errc::signature_invalid;
}

bool is_issued_by(const json::object& claims, const std::string& issuer) {
  auto* value = claims.if_contains("iss");
  return issuer.empty()
         || (value && value->is_string() && names_any(*value, {issuer}));
}

/// RFC 7519, section 4.1.3: who is not named refuses it.
bool is_meant_for(const json::object& claims,
                  const std::vector<std::string>& audience) {
  auto* value = claims.if_contains("aud");
  return value ? names_any(*value, audience) : audience.empty();
}

/// A date that is not there is 0.
std::optional<std::int64_t> date_of(const json::object& claims,
                                    std::string_view name) {
  auto* value = claims.if_contains(name);
  return value ? date_in(*value) : 0;
}

/// Nothing: what is there is no id, so that nobody could deny it.
std::optional<std::string> id_of(const json::object& claims) {
  auto* value = claims.if_contains("jti");
  if (value == nullptr)
    return std::string{};
  auto* text = value->if_string();
  return text ? std::optional<std::string>{*text} : std::nullopt;
}

} // namespace

token_verifier::token_verifier(const jwt_options& x)
  : issuer_(x.issuer),
    audience_(x.audience),
    leeway_(std::chrono::ceil<std::chrono::seconds>(x.leeway).count()),
    user_(x.user),
    max_size_(x.max_token) {
  for (auto& name : x.algorithms)
    if (auto y = algorithm_of(name))
      allowed_.push_back(*y);
}

token_result token_verifier::verify(std::string_view token, const key_set& keys,
                                    std::int64_t now) const {
  if (token.empty())
    return {token_errc::token_missing, {}};
  if (token.size() > max_size_)
    return {token_errc::token_too_large, {}};
  auto parts = parse_token(token);
  if (!parts)
    return {token_errc::token_malformed, {}};
  auto by = algorithm_of(parts->algorithm);
  if (!by || std::find(allowed_.begin(), allowed_.end(), *by) == allowed_.end())
    return {token_errc::algorithm_refused, {}};
  if (auto e = verify_signature(*parts, *by, keys); e != token_errc::none)
    return {e, {}};
  return check_claims(std::move(parts->claims), now);
}

token_result token_verifier::check_claims(std::string text,
                                          std::int64_t now) const {
  boost::system::error_code e;
  auto parsed = json::parse(text, e);
  auto* claims = e ? nullptr : parsed.if_object();
  if (claims == nullptr)
    return {token_errc::claims_invalid, {}};
  auto expires = date_of(*claims, "exp");
  auto begins = date_of(*claims, "nbf");
  auto user = user_in(parsed, user_);
  auto id = id_of(*claims);
  if (!claims->contains("exp") || !expires || !begins || !user || !id)
    return {token_errc::claims_invalid, {}};
  if (now >= *expires + leeway_)
    return {token_errc::token_expired, {}};
  if (now + leeway_ < *begins)
    return {token_errc::token_not_yet_valid, {}};
  if (!is_issued_by(*claims, issuer_))
    return {token_errc::issuer_refused, {}};
  if (!is_meant_for(*claims, audience_))
    return {token_errc::audience_refused, {}};
  return {token_errc::none,
          {std::move(text), std::move(*user), *expires, std::move(*id)}};
}

} // namespace weir::auth
