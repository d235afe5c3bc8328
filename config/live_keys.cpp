#include "config/live_keys.hpp"

#include "config/keys.hpp"

#include <algorithm>
#include <string_view>

namespace weir::config {

namespace {

/// Where the node looks at them again; below a table, all of it.
constexpr std::string_view live_keys[]{
  "log.",
  "server.cors.",
  "server.drain_time",
  "admin.token",
  "admin.token_file",
  "limits.unanswered_emits",
  "limits.unanswered_bytes",
  "limits.rooms_per_socket",
  "limits.max_lag",
  "limits.on_lag",
  "limits.events.",
  "limits.bytes.",
  "limits.joins.",
  "limits.max_rate_limited",
  "limits.event",
  "limits.connection_rate.",
  "limits.handshakes.",
  "limits.requests.",
};

/// `key`, or what lies below it.
bool is_below(std::string_view key, std::string_view table) {
  return key.starts_with(table)
         && (table.ends_with('.') || key.size() == table.size()
             || key[table.size()] == '[');
}

/// Certificates come with TLS, which is there or not.
bool is_certificate(std::string_view key, const options& from,
                    const options& to) {
  auto are_there = [](const auto& x, const auto& y) {
    return !x.certificate.empty() && !y.certificate.empty();
  };
  return (key.starts_with("server.tls.")
          && are_there(from.server.tls, to.server.tls))
         || (key.starts_with("admin.tls.")
             && are_there(from.admin.tls, to.admin.tls))
         || (key.starts_with("cluster.tls.")
             && are_there(from.cluster.tls, to.cluster.tls));
}

/// Keys, and where they come from, change where tokens count before and after.
bool is_token_key(std::string_view key, const options& from,
                  const options& to) {
  constexpr std::string_view keys[]{
    "auth.jwt.keys",         "auth.jwt.jwks",         "auth.jwt.jwks_ca",
    "auth.jwt.jwks_timeout", "auth.jwt.jwks_refresh", "auth.jwt.secret",
    "auth.jwt.secret_file"};
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys)
         && from.auth.jwt.is_configured() && to.auth.jwt.is_configured();
}

/// What maps events and rooms, in namespaces that stay as they are.
bool is_of_routes(std::string_view key) {
  return key.starts_with("namespace[")
         && (key.find("].mapping") != key.npos
             || key.find("].local") != key.npos);
}

bool is_live(std::string_view key, const options& from, const options& to) {
  auto is_listed
    = std::any_of(std::begin(live_keys), std::end(live_keys),
                  [&](auto table) { return is_below(key, table); });
  return is_listed || is_of_routes(key) || is_certificate(key, from, to)
         || is_token_key(key, from, to);
}

} // namespace

config_change change_between(const options& from, const options& to) {
  config_change result;
  for (auto& key : changed_keys(from, to))
    (is_live(key, from, to) ? result.live : result.fixed).push_back(key);
  return result;
}

} // namespace weir::config
