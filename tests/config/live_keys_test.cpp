#include "config/live_keys.hpp" // unit under test

#include "config/keys.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <vector>

namespace {

using namespace weir;
using config::change_between;
using key_names = std::vector<std::string>;

options live_configuration() {
  options result;
  result.kafka.embedded = true;
  auto& nsp = result.namespaces.emplace_back();
  nsp.name = "/";
  auto& mapping = nsp.mappings.emplace_back();
  mapping.room = "chat:{id}";
  mapping.topic = "chat";
  return result;
}

/// What lies between those and the same with a change.
config::config_change change_by(const std::function<void(options&)>& f) {
  auto changed = live_configuration();
  f(changed);
  return change_between(live_configuration(), changed);
}

BOOST_AUTO_TEST_SUITE(live_keys)

BOOST_AUTO_TEST_CASE(nothing_has_changed) {
  const auto x = change_by([](auto&) {});
  BOOST_TEST(x.live.empty());
  BOOST_TEST(x.fixed.empty());
}

BOOST_AUTO_TEST_CASE(what_takes_effect_at_once_is_named) {
  const auto x = change_by([](options& y) {
    y.server.cors.origins = {"https://a.example"};
    y.server.drain_time = std::chrono::seconds{1};
    y.limits.max_lag = 64 * kib;
    y.limits.on_lag = lag_policy::skip;
    y.limits.unanswered_emits = 1;
    y.limits.events.rate = 5;
    y.limits.event.emplace_back().name = "say";
    y.admin.token = "s3cret";
    y.log.level = log_level::debug;
  });
  BOOST_TEST((x.live
              == key_names{"server.drain_time", "server.cors.origins",
                           "limits.max_lag", "limits.on_lag",
                           "limits.unanswered_emits", "limits.events.rate",
                           "limits.event", "admin.token", "log.level"}));
  BOOST_TEST(x.fixed.empty());
}

BOOST_AUTO_TEST_CASE(what_needs_a_start_is_named) {
  const auto x = change_by([](options& y) {
    y.server.listen = "127.0.0.1:1";
    y.kafka.properties["session.timeout.ms"] = "6000";
    y.cluster.secret = "another";
    y.limits.outbox = 1;
    y.namespaces[0].join_event = "enter";
    y.namespaces[0].recovery = std::chrono::seconds{1};
  });
  BOOST_TEST(
    (x.fixed
     == key_names{"server.listen", "kafka.properties", "cluster.secret",
                  "limits.outbox", "namespace[0].recovery",
                  "namespace[0].join_event"}));
  BOOST_TEST(x.live.empty());
}

BOOST_AUTO_TEST_CASE(a_list_that_grows_is_named) {
  const auto x = change_by([](options& y) { y.namespaces.emplace_back(); });
  BOOST_TEST((x.fixed == key_names{"namespace"}));
  BOOST_TEST(x.live.empty());
}

BOOST_AUTO_TEST_CASE(mappings_change_in_namespaces_that_stay) {
  auto x = change_by([](options& y) {
    y.namespaces[0].mappings[0].topic = "other";
    y.namespaces[0].mappings[0].join_claim = "/rooms";
    y.namespaces[0].mappings[0].allow.join = {"anyone"};
    y.namespaces[0].locals.emplace_back();
  });
  BOOST_TEST((x.live
              == key_names{
                "namespace[0].mapping[0].topic", "namespace[0].mapping[0].join",
                "namespace[0].mapping[0].allow.join", "namespace[0].local"}));
  BOOST_TEST(x.fixed.empty());
  x = change_by([](options& y) { y.namespaces[0].mappings.emplace_back(); });
  BOOST_TEST((x.live == key_names{"namespace[0].mapping"}));
}

/// A file may be put together in another way.
BOOST_AUTO_TEST_CASE(where_it_stands_does_not_matter) {
  const auto x = change_by([](options& y) {
    y.namespaces[0].line = 7;
    y.namespaces[0].mappings[0].line = 8;
  });
  BOOST_TEST(x.fixed.empty());
}

BOOST_AUTO_TEST_CASE(certificates_change_where_there_is_tls) {
  auto from = live_configuration(), to = live_configuration();
  to.server.tls.certificate = "a.pem";
  BOOST_TEST(
    (change_between(from, to).fixed == key_names{"server.tls.certificate"}));
  BOOST_TEST(
    (change_between(to, from).fixed == key_names{"server.tls.certificate"}));
  from.server.tls.certificate = "b.pem";
  BOOST_TEST(
    (change_between(from, to).live == key_names{"server.tls.certificate"}));
}

BOOST_AUTO_TEST_CASE(keys_of_tokens_change_where_tokens_count) {
  auto from = live_configuration(), to = live_configuration();
  to.auth.jwt.keys = {"a.pem"};
  BOOST_TEST((change_between(from, to).fixed == key_names{"auth.jwt.keys"}));
  from.auth.jwt.algorithms = to.auth.jwt.algorithms = {"RS256"};
  BOOST_TEST((change_between(from, to).live == key_names{"auth.jwt.keys"}));
  to.auth.jwt.jwks = "https://a.example/keys";
  to.auth.jwt.jwks_ca = "ca.pem";
  to.auth.jwt.jwks_timeout = std::chrono::seconds{1};
  const key_names all{"auth.jwt.keys", "auth.jwt.jwks", "auth.jwt.jwks_ca",
                      "auth.jwt.jwks_timeout"};
  BOOST_TEST((change_between(from, to).live == all));
  BOOST_TEST((change_between(to, from).live == all));
}

BOOST_AUTO_TEST_CASE(certificates_of_links_change_where_links_are_encrypted) {
  auto from = live_configuration(), to = live_configuration();
  to.cluster.tls = {"a.pem", "a.key", "ca.pem"};
  const key_names all{"cluster.tls.certificate", "cluster.tls.key",
                      "cluster.tls.ca"};
  BOOST_TEST((change_between(from, to).fixed == all));
  BOOST_TEST((change_between(to, from).fixed == all));
  from.cluster.tls = {"b.pem", "b.key", "b-ca.pem"};
  BOOST_TEST((change_between(from, to).live == all));
}

/// A key that nobody compares would change, and nothing with it.
BOOST_AUTO_TEST_CASE(every_key_is_compared) {
  for (auto& x : config::option_keys())
    BOOST_TEST(static_cast<bool>(x.compare), x.name);
  for (auto& x : config::namespace_keys())
    BOOST_TEST((x.compare || x.paths[0].kind == config::key_kind::planned),
               x.name);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
