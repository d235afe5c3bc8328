#pragma once

#include "config/options/jwt.hpp"
#include "config/options/namespace.hpp"
#include "transport/auth/deny_list.hpp"
#include "transport/auth/key_fetcher.hpp"
#include "transport/auth/token_verifier.hpp"
#include "transport/engineio/client_certificate.hpp"
#include "transport/engineio/session_control.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace weir {

/// Who a client is, or why it is not let in.
struct identity_result {
  auth::token_errc error = auth::token_errc::none;
  /// Unless there is an error; without a user: it is nobody. Of a certificate:
  /// `sub`, and when it is over.
  auth::token_claims claims{};
  bool is_of_certificate = false; ///< there is no token
};

/// Says who a client is. Immutable, shared by all loops; the time is given in
/// seconds since 1970.
class authenticator {
public:
  /// `keys`: null without [auth.jwt]. `fetcher`: of keys that are at a URL;
  /// null: there is none. `denied`: null: nobody is.
  authenticator(const jwt_options& settings,
                std::shared_ptr<const auth::current_keys> keys,
                std::shared_ptr<auth::key_fetcher> fetcher = nullptr,
                std::shared_ptr<const auth::deny_list> denied = nullptr)
    : settings_(settings),
      verifier_(settings),
      keys_(std::move(keys)),
      fetcher_(std::move(fetcher)),
      denied_(std::move(denied)) {}

  /// Of a client that comes with a CONNECT packet's payload: by its token, by
  /// its certificate, or by both, which then must be of one user. Nobody only
  /// where the policy allows that.
  identity_result identify(auth_policy policy, std::string_view payload,
                           const engineio::handshake_info& handshake,
                           std::int64_t now) const;

  /// Whether there are tokens, and not only certificates.
  bool takes_tokens() const { return settings_.is_configured(); }

  /// Of a token that a client has sent later on, in place of its first one.
  auth::token_result renew(std::string_view token, std::string_view user,
                           std::int64_t now) const;

  /// Whether the user or the token (`jti`, empty: none) is denied.
  auth::token_errc look_up(std::string_view user, std::string_view id) const;

  /// Somebody has a token of an unknown key. Whether keys are being fetched
  /// now, so that it pays to wait until there was one more attempt.
  bool want_keys() const { return fetcher_ && fetcher_->want(); }
  std::size_t fetches() const { return fetcher_ ? fetcher_->attempts() : 0; }

  /// Whether it is known who is denied.
  bool knows_denied() const { return !denied_ || denied_->problem().empty(); }

  /// Whether what is not known now may be known later, so that it pays to wait.
  bool will_know_denied() const { return denied_ && !denied_->is_full(); }

  std::int64_t leeway() const { return verifier_.leeway(); }

  /// How long before its end a client is notified of it, in seconds.
  std::int64_t notice() const {
    return std::chrono::ceil<std::chrono::seconds>(settings_.expiry_notice)
      .count();
  }

private:
  auth::token_result verify(std::string_view token, std::int64_t now) const;
  identity_result judge(const engineio::client_certificate& x,
                        std::int64_t now) const;

  jwt_options settings_;
  auth::token_verifier verifier_;
  std::shared_ptr<const auth::current_keys> keys_;
  std::shared_ptr<auth::key_fetcher> fetcher_;
  std::shared_ptr<const auth::deny_list> denied_;
};

} // namespace weir
