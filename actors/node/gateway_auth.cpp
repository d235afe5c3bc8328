#include "actors/kafka/deny_listener.hpp"
#include "actors/node/gateway_state.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "config/log.hpp"
#include "config/secret.hpp"

#include <map>
#include <utility>

namespace weir {

/// Before anybody is let in. Throws std::runtime_error where a key is not
/// what it should be.
void gateway_state::identify_clients() {
  auto& x = settings.auth;
  if (!x.identifies_clients())
    return;
  if (!x.deny_topic.empty())
    denied = std::make_shared<auth::deny_list>(x.deny_memory);
  token_keys keys;
  if (x.jwt.is_configured())
    keys = load_token_keys();
  if (x.certificate_user != certificate_name::none)
    log::info("clients are users by their certificates");
  tokens = std::make_shared<const authenticator>(
    x.jwt, std::move(keys.now), std::move(keys.fetcher), denied);
}

gateway_state::token_keys gateway_state::load_token_keys() {
  auto& jwt = settings.auth.jwt;
  ports.token_keys = std::make_shared<auth::key_files>(jwt);
  auto read = ports.token_keys->read();
  log::info("clients need tokens", {{"keys", read.size()}});
  auto keys = std::make_shared<auth::current_keys>(
    std::make_shared<const auth::key_set>(read));
  auto fetcher = std::make_shared<auth::key_fetcher>(jwt, std::move(read), keys,
                                                     tell_key_fetches());
  // Those who reload may outlive what tells of fetches.
  ports.token_keys->on_reload(
    [weak = std::weak_ptr{fetcher}](auto& to, auto others) {
      auto x = weak.lock();
      return x ? x->prepare(to, std::move(others)) : [] {};
    });
  return {std::move(keys), std::move(fetcher)};
}

/// Called on the fetcher's thread.
auth::key_fetcher::tell_result gateway_state::tell_key_fetches() {
  return [good = count(self->system(), metrics::key_fetches, "fetched"),
          bad = count(self->system(), metrics::key_fetches, "failed")](
           const auth::key_fetch& x) {
    (x.problem.empty() ? good : bad)->inc();
    auto url = config::shown_url(x.url);
    if (!x.problem.empty())
      log::limited(log_level::warning,
                   "the keys of tokens cannot be fetched; the last good ones "
                   "are kept, and it is tried again",
                   url,
                   {{"url", url},
                    {"why", x.problem},
                    {"kept", x.is_new ? "those of before this URL, if any"
                                      : "those of this URL"}});
    else if (x.is_new)
      log::info("keys of tokens fetched", {{"url", url}});
    else
      log::debug("keys of tokens fetched again", {{"url", url}});
  };
}

/// Throws std::runtime_error where its options are of no use.
void gateway_state::open_webhook() {
  if (!settings.auth.webhook.is_configured())
    return;
  ports.webhook = std::make_unique<auth::webhook>(
    settings.auth.webhook, "/weir/" + settings.cluster.name,
    settings.limits.room_name, tell_webhook_outcomes());
}

/// Called on the webhook's thread, and on those that ask.
auth::webhook::tell_outcome gateway_state::tell_webhook_outcomes() {
  using outcome = auth::webhook::outcome;
  std::map<outcome, caf::telemetry::int_counter*> counters;
  for (auto x : {outcome::allowed, outcome::denied, outcome::cached,
                 outcome::failed, outcome::left_alone, outcome::too_many})
    counters[x] = count(self->system(), metrics::webhook_decisions,
                        to_string(x));
  return [counters = std::move(counters)](outcome x, const std::string& why) {
    counters.at(x)->inc();
    if (x == outcome::failed || x == outcome::left_alone
        || x == outcome::too_many)
      log::limited(log_level::warning,
                   "the webhook does not answer: nobody is let in by it",
                   to_string(x),
                   {{"outcome", to_string(x)},
                    {"why", why},
                    {"do", "look at auth.webhook.url"}});
  };
}

/// Once there are clients to send away.
void gateway_state::read_denied() {
  if (denied)
    deny_reader = std::make_unique<kafka::topic_reader>(
      settings.kafka, settings.cluster, settings.auth.deny_topic,
      std::make_shared<deny_listener>(self->system(), denied, disconnector));
}

} // namespace weir
