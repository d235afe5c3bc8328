#include "config/keys.hpp"

namespace weir::config {

using namespace std::chrono_literals;

keys<jwt_options> jwt_keys() {
  using o = jwt_options;
  return {
    value("algorithms", &o::algorithms,
          list(name_of({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
                        "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384",
                        "HS512"}))),
    value("keys", &o::keys, list(text())),
    value("jwks", &o::jwks, text()),
    value("jwks_ca", &o::jwks_ca, text()),
    value("jwks_timeout", &o::jwks_timeout, duration(10ms, 1min)),
    value("jwks_refresh", &o::jwks_refresh, duration(1s, 24h)),
    value("secret", &o::secret, hidden_text(anything)),
    value("secret_file", &o::secret_file, text()),
    value("issuer", &o::issuer, text()),
    value("audience", &o::audience, list(text())),
    value("leeway", &o::leeway, duration(0ms, 10min)),
    value("token", &o::token, list(text(check_token_place))),
    value("user", &o::user, text(check_claim)),
    value("max_token", &o::max_token, size(256, 64 * kib)),
    value("max_refused", &o::max_refused, number(1, 1'000)),
    value("expiry_notice", &o::expiry_notice, duration(0ms, 24h)),
  };
}

keys<webhook_options> webhook_keys() {
  using o = webhook_options;
  return {
    value("url", &o::url, text()),
    value("ca", &o::ca, text()),
    value("secret", &o::secret, hidden_text(anything)),
    value("secret_file", &o::secret_file, text()),
    value("timeout", &o::timeout, duration(10ms, 10s)),
    value("concurrency", &o::concurrency, number(1, 1'000)),
    value("waiting", &o::waiting, number(0, 100'000)),
    value("cache_entries", &o::cache_entries, number(0, 10'000'000)),
    value("cache_bytes", &o::cache_bytes, size(0, 64 * gib)),
  };
}

} // namespace weir::config
