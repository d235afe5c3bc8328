// Keys that matter only where another one is set: what a file says in vain, its
// writer takes for being in force. Their defaults may be there.

#include "config/names.hpp"
#include "config/validate.hpp"

#include <algorithm>
#include <string_view>

namespace weir::config {

namespace {

/// Of T: the options, or one of their tables in a list.
template <class T>
struct conditional {
  /// Below T, as are those that it needs.
  std::string_view key;
  /// While one of these cannot be read, nobody knows.
  std::vector<std::string_view> needs;
  bool (*matters)(const T& x);
  /// Why not, and what to do.
  std::string_view problem;
};

bool has_ui(const options& x) {
  return !x.admin.ui.empty();
}

bool has_folders(const options& x) {
  return !x.server.files.empty() || !x.server.client_files.empty() || has_ui(x);
}

bool has_upgrades(const options& x) {
  return x.engineio.transports.size() > 1;
}

bool has_links(const options& x) {
  return !x.cluster.listen.empty();
}

bool has_secure_collector(const options& x) {
  return x.tracing.url.starts_with("https://");
}

bool has_key_url(const options& x) {
  return is_url(x.auth.jwt.jwks);
}

bool has_forwarding(const options& x) {
  auto& all = x.engineio.transports;
  return has_links(x)
         && std::find(all.begin(), all.end(), "polling") != all.end();
}

template <class F>
bool any_mapping(const options& x, F f) {
  return std::any_of(x.namespaces.begin(), x.namespaces.end(), [&](auto& y) {
    return std::any_of(y.mappings.begin(), y.mappings.end(), f);
  });
}

bool has_emits(const options& x) {
  return any_mapping(x, [](auto& y) { return !y.events.empty(); });
}

bool has_ids(const options& x) {
  return any_mapping(x, [](auto& y) { return !y.id_from.empty(); });
}

bool has_recovery(const options& x) {
  return std::any_of(x.namespaces.begin(), x.namespaces.end(),
                     [](auto& y) { return y.recovery.count() > 0; });
}

bool asks_webhook(const options& x) {
  return std::any_of(x.namespaces.begin(), x.namespaces.end(),
                     [](auto& y) { return !y.webhook.empty(); });
}

bool asks_who(const options& x) {
  return x.namespaces.empty()
         || std::any_of(x.namespaces.begin(), x.namespaces.end(),
                        [](auto& y) { return y.auth != auth_policy::none; });
}

constexpr std::string_view alone
  = "not without listen: a node that listens nowhere is alone; in [cluster] "
    "set listen = \"127.0.0.1:7400\"";
constexpr std::string_view no_emits
  = "does nothing where clients emit nothing; set events in a mapping, or "
    "leave it out";
constexpr std::string_view no_url
  = "is for a jwks that is an https:// URL; leave it out";
constexpr std::string_view no_forwarding
  = "does nothing without listen in [cluster], or without \"polling\" in "
    "engineio.transports; set that, or leave it out";
constexpr std::string_view no_ui
  = "does nothing without ui, the folder of the Admin UI's page; set it, or "
    "leave this out";
constexpr std::string_view asks_nobody
  = "does nothing where every [[namespace]] has auth = \"none\"; leave that "
    "out where clients are to show who they are, or leave this out";

using of_node = conditional<options>;
using of_namespace = conditional<namespace_options>;
using of_mapping = conditional<mapping_options>;
using of_local = conditional<local_options>;

std::vector<of_node> keys_of_ports_and_kafka() {
  return {
    {"server.max_file_bytes",
     {"server.files", "server.client_files", "admin.ui"},
     has_folders,
     "does nothing without a folder; set files or client_files, or leave it "
     "out"},
    {"engineio.upgrade_timeout",
     {"engineio.transports"},
     has_upgrades,
     "does nothing with one transport; list both in transports, or leave it "
     "out"},
    {"kafka.embedded_partitions",
     {"kafka.embedded"},
     [](auto& x) { return x.kafka.embedded; },
     "does nothing without embedded = true: topics of a real Kafka have the "
     "partitions that they were created with; leave it out"},
    {"kafka.delivery_timeout", {"namespace"}, has_emits, no_emits},
    {"cluster.advertise", {"cluster.listen"}, has_links, alone},
    {"cluster.seeds", {"cluster.listen"}, has_links, alone},
    // In a real Kafka's consumer group there may be others all the same.
    {"cluster.timeout",
     {"cluster.listen", "kafka.embedded"},
     [](auto& x) { return has_links(x) || !x.kafka.embedded; },
     alone},
    {"cluster.tls", {"cluster.listen"}, has_links, alone},
    {"tracing.ca",
     {"tracing.url"},
     has_secure_collector,
     "is for a url that is https://; leave it out"},
  };
}

std::vector<of_node> keys_of_limits() {
  return {
    {"limits.producer_queue", {"namespace"}, has_emits, no_emits},
    {"limits.forwarded_polls",
     {"cluster.listen", "engineio.transports"},
     has_forwarding,
     no_forwarding},
    {"limits.forwarded_bytes",
     {"cluster.listen", "engineio.transports"},
     has_forwarding,
     no_forwarding},
    {"limits.recent_sockets",
     {"namespace"},
     has_recovery,
     "does nothing where no client recovers; set recovery in a [[namespace]], "
     "or leave it out"},
    {"limits.idempotency_ids",
     {"namespace"},
     has_ids,
     "does nothing where no mapping has an id_from; set one, or leave it out"},
  };
}

std::vector<of_node> keys_of_admin() {
  return {
    {"admin.ui_user", {"admin.ui"}, has_ui, no_ui},
    {"admin.ui_password", {"admin.ui"}, has_ui, no_ui},
    {"admin.ui_password_file", {"admin.ui"}, has_ui, no_ui},
    {"admin.ui_origins", {"admin.ui"}, has_ui, no_ui},
    {"admin.ui_read_only", {"admin.ui"}, has_ui, no_ui},
    {"admin.ui_sockets", {"admin.ui"}, has_ui, no_ui},
  };
}

std::vector<of_node> keys_of_auth() {
  return {
    {"auth.certificate_user", {"namespace"}, asks_who, asks_nobody},
    {"auth.deny_memory",
     {"auth.deny_topic"},
     [](auto& x) { return !x.auth.deny_topic.empty(); },
     "does nothing without deny_topic; set it, or leave this out"},
    {"auth.jwt.algorithms", {"namespace"}, asks_who, asks_nobody},
    {"auth.jwt.jwks_ca", {"auth.jwt.jwks"}, has_key_url, no_url},
    {"auth.jwt.jwks_timeout", {"auth.jwt.jwks"}, has_key_url, no_url},
    {"auth.jwt.jwks_refresh", {"auth.jwt.jwks"}, has_key_url, no_url},
    {"auth.webhook.url",
     {"namespace"},
     asks_webhook,
     "is asked by nobody; set webhook = [\"connect\"] or [\"join\"] in a "
     "[[namespace]], or leave [auth.webhook] out"},
  };
}

const std::vector<of_node>& node_keys() {
  static const auto result = [] {
    std::vector<of_node> all;
    for (auto* some :
         {keys_of_ports_and_kafka, keys_of_limits, keys_of_admin, keys_of_auth})
      for (auto& x : some())
        all.push_back(std::move(x));
    return all;
  }();
  return result;
}

const std::vector<of_namespace>& namespace_keys() {
  static const std::vector<of_namespace> result = {
    {"trace_from",
     {"mapping"},
     [](auto& x) {
       return std::any_of(x.mappings.begin(), x.mappings.end(),
                          [](auto& y) { return !y.events.empty(); });
     },
     no_emits},
  };
  return result;
}

bool takes_emits(const mapping_options& x) {
  return !x.events.empty();
}

constexpr std::string_view no_events
  = "does nothing without events that clients may emit into these rooms; set "
    "events, or leave it out";

const std::vector<of_mapping>& mapping_keys() {
  static const std::vector<of_mapping> result = {
    {"room_from", {"events"}, takes_emits, no_events},
    {"id_from", {"events"}, takes_emits, no_events},
    {"trace_from", {"events"}, takes_emits, no_events},
    {"members_only", {"events"}, takes_emits, no_events},
  };
  return result;
}

const std::vector<of_local>& local_keys() {
  static const std::vector<of_local> result = {
    {"room_from",
     {"to"},
     [](auto& x) { return x.to == local_target::room; },
     "only of use with to = \"room\"; leave it out"},
    {"as",
     {"to"},
     [](auto& x) { return x.to != local_target::none; },
     "does nothing with to = \"none\", which delivers to nobody; leave it "
     "out"},
  };
  return result;
}

template <class T>
void check(const std::vector<conditional<T>>& keys, const T& x,
           const std::string& table, report& log) {
  auto path_of = [&](std::string_view key) {
    return (table.empty() ? "" : table + ".") + std::string{key};
  };
  auto is_unsure = [&](auto key) { return log.may_be_given(path_of(key)); };
  for (auto& y : keys)
    if (log.is_changed(path_of(y.key)) && !y.matters(x)
        && std::none_of(y.needs.begin(), y.needs.end(), is_unsure))
      log.error_at(path_of(y.key), std::string{y.problem});
}

} // namespace

void validate_effects(const options& x, report& log) {
  check(node_keys(), x, {}, log);
  for (std::size_t i = 0; i < x.namespaces.size(); ++i) {
    auto& nsp = x.namespaces[i];
    auto path = element("namespace", i);
    check(namespace_keys(), nsp, path, log);
    for (std::size_t j = 0; j < nsp.mappings.size(); ++j)
      check(mapping_keys(), nsp.mappings[j], element(path + ".mapping", j),
            log);
    for (std::size_t j = 0; j < nsp.locals.size(); ++j)
      check(local_keys(), nsp.locals[j], element(path + ".local", j), log);
  }
}

std::vector<std::string> conditional_keys() {
  std::vector<std::string> result;
  auto add = [&result](const std::string& table, auto& keys) {
    for (auto& x : keys)
      result.push_back(table + std::string{x.key});
  };
  add("", node_keys());
  add("namespace.", namespace_keys());
  add("namespace.mapping.", mapping_keys());
  add("namespace.local.", local_keys());
  return result;
}

} // namespace weir::config
