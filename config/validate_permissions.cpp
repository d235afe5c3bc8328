// What `allow` and `join` of a mapping say about tokens.

#include "config/permission.hpp"
#include "config/room_pattern.hpp"
#include "config/validate.hpp"

#include <algorithm>
#include <utility>

namespace weir::config {

namespace {

/// What a certificate says is its user, as tokens have it by default.
constexpr std::string_view certificate_claim = "/sub";

using verb = std::pair<std::string, const std::vector<std::string>*>;

std::vector<verb> verbs_of(const mapping_options& x) {
  return {{"join", &x.allow.join},
          {"emit", &x.allow.emit},
          {"history", &x.allow.history}};
}

/// Whether clients show in a namespace who they are, as far as that is known.
bool has_users(const options& x, const namespace_options& nsp,
               const report& log) {
  return may_identify_clients(x, log) && nsp.auth != auth_policy::none;
}

void check_rule(const mapping_options& x, const std::string& text,
                const std::string& path, report& log) {
  auto rule = parse_permission(text);
  if (!rule || x.room.empty() || room_pattern::check(x.room))
    return; // reported elsewhere
  if (!room_pattern{x.room}.uses_known_names(rule->value))
    log.error_at(path, in_quotes(text) + " has a name in braces that the room "
                         + in_quotes(x.room) + " does not have");
}

/// Rules that only tokens could fulfil, where nobody shows any.
void check_without_tokens(const options& x, const mapping_options& y,
                          const std::string& path, report& log) {
  auto is_off = !may_identify_clients(x, log);
  if (y.join == join_policy::claim)
    log.error_at(path + ".join",
                 is_off ? "\"claim:\" is of no use without tokens; set "
                          "algorithms and keys in [auth.jwt]"
                        : "\"claim:\" is of no use where the namespace's auth "
                          "is \"none\": nobody shows a token there");
  for (auto& [name, rules] : verbs_of(y)) {
    auto here = path + ".allow." + name;
    if (is_off && !rules->empty())
      log.error_at(here, "without tokens everything is allowed; set algorithms "
                         "and keys in [auth.jwt], or leave allow out");
    for (std::size_t i = 0; !is_off && i < rules->size(); ++i)
      if ((*rules)[i] != "anyone")
        log.error_at(element(here, i),
                     "allows nobody where the namespace's auth is \"none\": "
                     "nobody shows a token there; use \"anyone\"");
  }
}

/// Rules about claims that only tokens have, where there are certificates
/// alone.
void check_without_claims(const mapping_options& x, const std::string& path,
                          report& log) {
  const std::string rest = " is no claim of a certificate, which has \"/sub\" "
                           "alone; for others set algorithms and keys in "
                           "[auth.jwt]";
  if (x.join == join_policy::claim && x.join_claim != certificate_claim)
    log.error_at(path + ".join", in_quotes(x.join_claim) + rest);
  for (auto& [name, rules] : verbs_of(x))
    for (std::size_t i = 0; i < rules->size(); ++i) {
      auto rule = parse_permission((*rules)[i]);
      if (rule && rule->who == permission_rule::kind::claim
          && rule->pointer != certificate_claim)
        log.error_at(element(path + ".allow." + name, i),
                     in_quotes(rule->pointer) + rest);
    }
}

/// Whether anything is emitted into rooms of the namespace that are not mapped
/// events.
bool has_local_rooms(const namespace_options& x) {
  return std::any_of(x.locals.begin(), x.locals.end(),
                     [](auto& y) { return y.to == local_target::room; });
}

void check_effect(const namespace_options& nsp, const mapping_options& x,
                  const std::string& path, report& log) {
  if (x.join == join_policy::claim && !x.allow.join.empty())
    log.error_at(path + ".allow.join",
                 "has no effect: the claim of join says who is in the rooms; "
                 "leave it out");
  if (!x.allow.emit.empty() && x.events.empty() && !has_local_rooms(nsp)
      && log.lacks(path, "events"))
    log.error_at(path + ".allow.emit",
                 "has no effect: there are no events to emit into these rooms; "
                 "leave it out");
}

void check_claim_room(const mapping_options& x, const std::string& path,
                      report& log) {
  if (x.join != join_policy::claim || x.room.empty()
      || room_pattern::check(x.room))
    return;
  room_pattern room{x.room};
  if (room.is_constant())
    log.error_at(path + ".join",
                 "\"claim:\" needs a room with a capture, which the claim's "
                 "values stand for, unlike "
                   + in_quotes(x.room)
                   + "; use \"auto\", and allow.join for who is in it");
  else if (room.names() != 1)
    log.error_at(path + ".join",
                 "\"claim:\" needs a room with one capture, which the claim's "
                 "values stand for, unlike "
                   + in_quotes(x.room));
}

void check_mapping(const options& x, const namespace_options& nsp,
                   const mapping_options& y, const std::string& path,
                   report& log) {
  for (auto& [name, rules] : verbs_of(y))
    for (std::size_t i = 0; i < rules->size(); ++i)
      check_rule(y, (*rules)[i], element(path + ".allow." + name, i), log);
  if (has_users(x, nsp, log))
    check_effect(nsp, y, path, log);
  else
    check_without_tokens(x, y, path, log);
  if (has_users(x, nsp, log) && !may_have_tokens(x, log))
    check_without_claims(y, path, log);
  check_claim_room(y, path, log);
}

} // namespace

void validate_permissions(const options& x, report& log) {
  for (std::size_t i = 0; i < x.namespaces.size(); ++i) {
    auto& nsp = x.namespaces[i];
    for (std::size_t j = 0; j < nsp.mappings.size(); ++j)
      check_mapping(x, nsp, nsp.mappings[j],
                    element(element("namespace", i) + ".mapping", j), log);
  }
}

} // namespace weir::config
