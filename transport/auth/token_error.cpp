#include "transport/auth/token_error.hpp"

#include <array>
#include <cstddef>

namespace weir::auth {

namespace {

struct text {
  std::string_view name;
  std::string_view sentence;
};

/// In the order of the enumerators.
constexpr std::array texts{
  text{"none", "the token is valid"},
  text{"token_missing", "there is no token where auth.jwt.token looks for it"},
  text{"token_too_large", "the token has more bytes than auth.jwt.max_token"},
  text{"token_malformed", "this is no signed token in compact form"},
  text{"algorithm_refused",
       "the token is signed by an algorithm that auth.jwt.algorithms has not"},
  text{"key_unknown", "no key that is known here fits the token"},
  text{"signature_invalid", "the signature is not that of a known key"},
  text{"token_expired", "the token has expired"},
  text{"token_not_yet_valid", "the token is not valid yet"},
  text{"claims_invalid",
       "the token has no exp, names no user, or has a claim of a wrong type"},
  text{"issuer_refused", "the token is from another issuer than auth.jwt's"},
  text{"audience_refused",
       "the token is for an audience that is not in auth.jwt.audience"},
  text{"user_mismatch",
       "the token is another user's than the socket or the certificate"},
  text{"certificate_missing", "the client has shown no certificate"},
  text{"certificate_expired", "the client's certificate has expired"},
  text{"certificate_user_missing",
       "the certificate has no name of the kind that auth.certificate_user "
       "says"},
  text{"certificate_user_ambiguous",
       "the certificate has several names of the kind that "
       "auth.certificate_user says"},
  text{"certificate_user_invalid",
       "the certificate's name is no user's: too long, or not what "
       "auth.certificate_user says"},
  text{"revoked", "the user or the token is denied (auth.deny_topic)"},
  text{"unavailable",
       "who is denied (auth.deny_topic) cannot be read at present"},
};

static_assert(texts.size() == static_cast<std::size_t>(last_token_errc) + 1);

} // namespace

std::string_view to_string(token_errc x) {
  return texts[static_cast<std::size_t>(x)].name;
}

std::string_view explain(token_errc x) {
  return texts[static_cast<std::size_t>(x)].sentence;
}

} // namespace weir::auth
