#include "config/fingerprint.hpp"

#include "config/names.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

namespace weir {

namespace {

/// FNV-1a over fields, each behind its length, so that they cannot run into
/// each other.
class field_hash {
public:
  void add(std::string_view x) {
    add(x.size());
    for (auto c : x)
      step(static_cast<unsigned char>(c));
  }

  void add(std::uint64_t x) {
    for (int i = 0; i < 8; ++i, x >>= 8)
      step(static_cast<unsigned char>(x));
  }

  void add(const std::vector<std::string>& xs) {
    add(xs.size());
    for (auto& x : xs)
      add(std::string_view{x});
  }

  std::string text() const {
    std::array<char, 17> result{};
    std::snprintf(result.data(), result.size(), "%016llx",
                  static_cast<unsigned long long>(value_));
    return result.data();
  }

private:
  void step(unsigned char x) { value_ = (value_ ^ x) * 0x100000001b3U; }

  std::uint64_t value_ = 0xcbf29ce484222325U;
};

template <class... Ts>
void add_all(field_hash& out, const Ts&... xs) {
  auto add = [&out](auto& x) {
    if constexpr (requires { std::string_view{x}; })
      out.add(std::string_view{x});
    else if constexpr (requires { x.size(); })
      out.add(x);
    else
      out.add(static_cast<std::uint64_t>(x));
  };
  (add(xs), ...);
}

void add(field_hash& out, const mapping_options& x) {
  add_all(out, x.room, x.topic, x.key, x.events, x.room_from, x.id_from,
          x.event, x.echo, x.members_only, x.join, x.history, x.format,
          x.tombstones);
  // Where none of it is set, the same as of earlier versions.
  if (!x.join_claim.empty())
    add_all(out, x.join_claim);
  if (!x.trace_from.empty())
    add_all(out, x.trace_from);
  if (x.allow != allow_options{})
    add_all(out, x.allow.join, x.allow.emit, x.allow.history);
}

void add(field_hash& out, const local_options& x) {
  add_all(out, x.events, x.to, x.room_from, x.as, x.ack);
}

void add(field_hash& out, const namespace_options& x) {
  add_all(out, x.name, x.recovery.count(), x.join_event, x.leave_event,
          x.on_connect.has_value());
  if (x.on_connect)
    add_all(out, x.on_connect->event, x.on_connect->args,
            x.on_connect->delay.count());
  if (x.auth != auth_policy::required) // what earlier versions know
    add_all(out, x.auth);
  if (!x.webhook.empty()) // likewise
    add_all(out, x.webhook);
  if (!x.trace_from.empty()) // likewise
    add_all(out, x.trace_from);
  out.add(x.mappings.size());
  for (auto& y : x.mappings)
    add(out, y);
  out.add(x.locals.size());
  for (auto& y : x.locals)
    add(out, y);
}

/// Whose tokens count, and as what, and who is asked. Keys may be in other
/// files elsewhere, and secrets are not for other nodes to see.
std::string fingerprint_of(const auth_options& x) {
  auto& jwt = x.jwt;
  if (!x.identifies_clients() && !x.webhook.is_configured())
    return {}; // as of earlier versions
  field_hash out;
  add_all(out, jwt.algorithms, jwt.issuer, jwt.audience, jwt.user, jwt.token,
          jwt.leeway.count(), x.deny_topic,
          config::is_url(jwt.jwks) ? std::string_view{jwt.jwks} : "",
          x.webhook.url);
  if (x.certificate_user != certificate_name::none) // likewise
    add_all(out, x.certificate_user);
  return out.text();
}

} // namespace

std::string config_fingerprint(const options& x) {
  field_hash out;
  add_all(out, x.kafka.group.empty() ? x.cluster.name : x.kafka.group,
          !x.cluster.secret.empty());
  out.add(x.namespaces.size());
  for (auto& y : x.namespaces)
    add(out, y);
  return out.text() + fingerprint_of(x.auth);
}

} // namespace weir
