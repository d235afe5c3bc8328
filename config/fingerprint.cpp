#include "config/fingerprint.hpp"

#include "config/field_hash.hpp"
#include "config/names.hpp"

#include <algorithm>
#include <string_view>

namespace weir {

namespace {

void add(field_hash& out, const mapping_options& x) {
  out.add_all(x.room, x.topic, x.key, x.events, x.room_from, x.id_from, x.event,
              x.echo, x.members_only, x.join, x.history, x.format,
              x.tombstones);
  // Where none of it is set, the same as of earlier versions.
  if (!x.join_claim.empty())
    out.add_all(x.join_claim);
  if (!x.trace_from.empty())
    out.add_all(x.trace_from);
  if (x.allow != allow_options{})
    out.add_all(x.allow.join, x.allow.emit, x.allow.history);
}

void add(field_hash& out, const local_options& x) {
  out.add_all(x.events, x.to, x.room_from, x.as, x.ack);
}

void add_mappings(field_hash& out, const namespace_options& x) {
  out.add(x.mappings.size());
  for (auto& y : x.mappings)
    add(out, y);
  out.add(x.locals.size());
  for (auto& y : x.locals)
    add(out, y);
}

void add(field_hash& out, const namespace_options& x) {
  out.add_all(x.name, x.recovery.count(), x.join_event, x.leave_event,
              x.on_connect.has_value());
  if (x.on_connect)
    out.add_all(x.on_connect->event, x.on_connect->args,
                x.on_connect->delay.count());
  if (x.auth != auth_policy::required) // what earlier versions know
    out.add_all(x.auth);
  if (!x.webhook.empty()) // likewise
    out.add_all(x.webhook);
  if (!x.trace_from.empty()) // likewise
    out.add_all(x.trace_from);
  add_mappings(out, x);
}

/// Whose tokens count, and as what, and who is asked. Keys may be in other
/// files elsewhere, and secrets are not for other nodes to see.
std::string fingerprint_of(const auth_options& x) {
  auto& jwt = x.jwt;
  if (!x.identifies_clients() && !x.webhook.is_configured())
    return {}; // as of earlier versions
  field_hash out;
  out.add_all(jwt.algorithms, jwt.issuer, jwt.audience, jwt.user, jwt.token,
              jwt.leeway.count(), x.deny_topic,
              config::is_url(jwt.jwks) ? std::string_view{jwt.jwks} : "",
              x.webhook.url);
  if (x.certificate_user != certificate_name::none) // likewise
    out.add_all(x.certificate_user);
  return out.text();
}

} // namespace

std::string config_fingerprint(const options& x) {
  field_hash out;
  out.add_all(x.kafka.group.empty() ? x.cluster.name : x.kafka.group,
              !x.cluster.secret.empty());
  out.add(x.namespaces.size());
  for (auto& y : x.namespaces)
    add(out, y);
  return out.text() + fingerprint_of(x.auth);
}

std::string fixed_fingerprint(const options& x) {
  auto fixed = x;
  for (auto& y : fixed.namespaces) {
    y.mappings.clear();
    y.locals.clear();
  }
  fixed.auth.jwt.jwks.clear();
  return config_fingerprint(fixed);
}

std::string live_fingerprint(const options& x) {
  field_hash out;
  for (auto& y : x.namespaces)
    add_mappings(out, y);
  auto& jwt = x.auth.jwt;
  if (!jwt.is_configured() || !config::is_url(jwt.jwks))
    return out.text();
  field_hash url;
  url.add_all(jwt.jwks);
  return out.text() + url.text();
}

live_fingerprints parts_of(const std::string& x) {
  auto size = std::min(x.size(), namespaces_fingerprint);
  return {x.substr(0, size), x.substr(size)};
}

std::string live_difference(const std::string& a, const std::string& b) {
  auto x = parts_of(a), y = parts_of(b);
  std::string result = x.mappings == y.mappings ? "" : "mappings";
  if (x.token_keys != y.token_keys)
    result += result.empty() ? "keys of tokens" : " and keys of tokens";
  return result;
}

} // namespace weir
