#include "config/names.hpp"
#include "config/secret.hpp"
#include "config/validate.hpp"

#include <algorithm>
#include <filesystem>

namespace weir::config {

namespace {

const std::string table = "auth.jwt";

std::string path_of(std::string_view key) {
  return table + "." + std::string{key};
}

/// Those with a shared secret.
bool is_hmac(const std::string& algorithm) {
  return algorithm.starts_with("HS");
}

/// Whether some key may just be the missing one, misspelled or unreadable.
bool may_be_there(std::initializer_list<std::string_view> keys,
                  const report& log) {
  return log.is_unreadable(table)
         || std::any_of(keys.begin(), keys.end(), [&](auto key) {
              return log.is_unreadable(path_of(key));
            });
}

void validate_secret(const jwt_options& x, bool has_hmac, report& log) {
  auto given = !x.secret.empty() || !x.secret_file.empty();
  auto* name = x.secret.empty() ? "secret_file" : "secret";
  if (!x.secret.empty() && !x.secret_file.empty())
    log.error_at(path_of("secret_file"),
                 "not together with secret; set one of them");
  else if (given && !has_hmac)
    log.error_at(path_of(name),
                 "is for HS256, HS384 and HS512 only, and none of them is in "
                 "algorithms; leave it out");
  else if (!given && has_hmac && !may_be_there({"secret", "secret_file"}, log))
    log.error_at(path_of("algorithms"),
                 "HS256, HS384 and HS512 need a secret; set secret_file, or "
                 "the variable WEIR_AUTH_JWT_SECRET");
}

void validate_public_keys(const jwt_options& x, bool has_public, report& log) {
  auto given = !x.keys.empty() || !x.jwks.empty();
  if (given && !has_public)
    log.error_at(path_of(x.keys.empty() ? "jwks" : "keys"),
                 "public keys are of no use for what is in algorithms; leave "
                 "it out, or list the algorithms that your tokens are signed "
                 "with, such as \"RS256\"");
  else if (!given && has_public && !may_be_there({"keys", "jwks"}, log))
    log.error_at(path_of("algorithms"),
                 "nothing to verify such tokens with; set keys = "
                 "[\"public.pem\"], or jwks to a file or an https:// URL");
}

void validate_jwks(const jwt_options& x, report& log) {
  if (is_url(x.jwks) && !x.jwks.starts_with("https://"))
    log.error_at(path_of("jwks"),
                 in_quotes(shown_url(x.jwks))
                   + " is neither a file nor an https:// URL; keys that come "
                     "over anything else could be anybody's");
}

void validate_file(const std::string& file, const std::string& path,
                   report& log) {
  std::error_code ignored;
  if (!file.empty() && !std::filesystem::is_regular_file(file, ignored))
    log.error_at(path, in_quotes(file)
                         + " is not a file; relative ones start at the "
                           "configuration's own folder");
}

void validate_files(const jwt_options& x, report& log) {
  for (std::size_t i = 0; i < x.keys.size(); ++i)
    validate_file(x.keys[i], element(path_of("keys"), i), log);
  if (!is_url(x.jwks))
    validate_file(x.jwks, path_of("jwks"), log);
  validate_file(x.jwks_ca, path_of("jwks_ca"), log);
  validate_file(x.secret_file, path_of("secret_file"), log);
}

void validate_certificate_user(const options& x, report& log) {
  if (x.auth.certificate_user != certificate_name::none
      && x.server.tls.client_ca.empty() && !log.is_unreadable("server.tls")
      && !log.is_unreadable("server.tls.client_ca"))
    log.error_at("auth.certificate_user",
                 "no client shows a certificate; set client_ca in [server.tls] "
                 "to the authorities that have signed them, or leave it out");
}

/// Keys that mean nothing without algorithms.
void validate_off(const options& x, report& log) {
  if (log.is_given(table) && log.lacks(table, "algorithms"))
    log.error(log.place_of(table),
              "[auth.jwt] needs algorithms, the signatures that count, such as "
              "[\"RS256\"]");
  else if (log.is_given(path_of("algorithms"))
           && !log.is_unreadable(path_of("algorithms")))
    log.error_at(path_of("algorithms"),
                 "no token could be valid; list the signatures that count, "
                 "such as [\"RS256\"], or leave [auth.jwt] out");
  for (std::size_t i = 0; i < x.namespaces.size(); ++i) {
    auto path = element("namespace", i) + ".auth";
    if (log.is_given(path) && x.namespaces[i].auth != auth_policy::none
        && !may_identify_clients(x, log))
      log.error_at(path, "tells nobody apart without tokens; set algorithms "
                         "and keys in [auth.jwt]");
  }
}

void validate_deny_topic(const options& x, report& log) {
  auto& topic = x.auth.deny_topic;
  if (topic.empty())
    return;
  if (!may_identify_clients(x, log))
    log.error_at("auth.deny_topic",
                 "denies nobody without tokens; set algorithms and keys in "
                 "[auth.jwt], or leave it out");
  for (auto& nsp : x.namespaces)
    for (auto& y : nsp.mappings)
      if (y.topic == topic)
        return log.error_at(
          "auth.deny_topic",
          in_quotes(topic)
            + " is the topic of a mapping, too; who is denied "
              "needs a topic of its own");
}

void validate_webhook(const options& x, report& log) {
  auto& webhook = x.auth.webhook;
  const std::string here = "auth.webhook";
  auto is_unreadable = log.is_unreadable(here)
                       || log.is_unreadable(here + ".url");
  auto may_be_off = !webhook.is_configured() && !is_unreadable;
  if (may_be_off && log.is_given(here))
    log.error(log.place_of(here),
              "[auth.webhook] needs url, the endpoint that is asked");
  for (std::size_t i = 0; may_be_off && i < x.namespaces.size(); ++i)
    if (!x.namespaces[i].webhook.empty())
      log.error_at(element("namespace", i) + ".webhook",
                   "there is nobody to ask; set url and secret_file in "
                   "[auth.webhook], or leave it out");
  if (webhook.is_configured() && webhook.secret.empty()
      && !log.is_unreadable(here + ".secret")
      && !log.is_given(here + ".secret_file"))
    log.error_at(here + ".url",
                 "questions must be signed; set secret_file in [auth.webhook], "
                 "or the variable WEIR_AUTH_WEBHOOK_SECRET");
  validate_file(webhook.ca, here + ".ca", log);
}

bool looks_into_requests(const jwt_options& x) {
  return std::any_of(x.token.begin(), x.token.end(),
                     [](auto& y) { return !y.starts_with("auth:"); });
}

/// Beside the token there are names of headers, and an address.
constexpr auto around_a_token = 1 * kib;

} // namespace

bool may_have_tokens(const options& x, const report& log) {
  return x.auth.jwt.is_configured() || log.is_given(table)
         || log.is_unreadable(table);
}

bool may_identify_clients(const options& x, const report& log) {
  return x.auth.identifies_clients() || may_have_tokens(x, log)
         || log.is_unreadable("auth.certificate_user");
}

void derive_auth_limits(options& x, const report& log) {
  auto& jwt = x.auth.jwt;
  if (!jwt.is_configured() || !looks_into_requests(jwt))
    return;
  auto needed = jwt.max_token + around_a_token;
  for (auto [limit, path] :
       {std::pair{&x.limits.handshake, "limits.handshake"},
        std::pair{&x.server.max_header, "server.max_header"}})
    if (!log.is_given(path))
      *limit = std::max(*limit, needed);
}

void validate_auth(const options& x, report& log) {
  auto& jwt = x.auth.jwt;
  validate_certificate_user(x, log);
  validate_deny_topic(x, log);
  validate_webhook(x, log);
  if (!jwt.is_configured())
    return validate_off(x, log);
  auto& all = jwt.algorithms;
  validate_secret(jwt, std::any_of(all.begin(), all.end(), is_hmac), log);
  validate_public_keys(jwt, !std::all_of(all.begin(), all.end(), is_hmac), log);
  validate_jwks(jwt, log);
  validate_files(jwt, log);
  if (jwt.token.empty())
    log.error_at(path_of("token"), "a token must be somewhere; the default is "
                                   "[\"auth:/token\"]");
  if (looks_into_requests(jwt)
      && x.limits.handshake < jwt.max_token + around_a_token)
    log.error_at("limits.handshake",
                 "has no space for a token of auth.jwt.max_token bytes; set at "
                 "least "
                   + std::to_string(jwt.max_token + around_a_token)
                   + ", or leave it out");
}

} // namespace weir::config
