#include "config/fingerprint.hpp"

#include "config/keys.hpp"
#include "tests/config/config_fixture.hpp"

#include <map>
#include <set>

namespace {

using namespace weir;

const std::string head = R"(
kafka.embedded = true
cluster.secret = "0123456789abcdef"
)";

/// A configuration with one key of a namespace changed, or none.
std::string with(const std::string& key, const std::string& line) {
  std::map<std::string, std::string> lines{
    {"namespace.name", R"(name = "/")"},
    {"namespace.on_connect.event",
     R"(on_connect = { event = "a", args = "handshake" })"},
    {"namespace.mapping.room", R"(room = "r:{id}")"},
    {"namespace.mapping.topic", R"(topic = "t")"},
    {"namespace.mapping.key", R"(key = "{id}")"},
    {"namespace.mapping.events", R"(events = ["e"])"},
    {"namespace.mapping.room_from", R"(room_from = "/0/room")"},
    {"namespace.local.events", R"(events = ["l"])"},
    {"namespace.local.room_from", R"(room_from = "/0/room")"},
  };
  if (key.starts_with("namespace.on_connect."))
    lines["namespace.on_connect.event"] = line;
  else if (!key.empty())
    lines[key] = line;
  if (line == R"(to = "sender")")
    lines.erase("namespace.local.room_from");
  auto result = head;
  auto add = [&](const std::string& title, const std::string& table) {
    result += title;
    for (auto& [name, text] : lines)
      if (name.starts_with(table)
          && (table != "namespace." || !name.starts_with("namespace.mapping.")))
        if (table != "namespace." || !name.starts_with("namespace.local."))
          result += text + "\n";
  };
  add("[[namespace]]\n", "namespace.");
  add("[[namespace.mapping]]\n", "namespace.mapping.");
  add("[[namespace.local]]\n", "namespace.local.");
  return result;
}

const std::map<std::string, std::string> changes{
  {"namespace.name", R"(name = "/chat")"},
  {"namespace.auth", R"(auth = "none")"},
  {"namespace.recovery", R"(recovery = "1m")"},
  {"namespace.webhook", R"(webhook = ["join"])"},
  {"namespace.trace_from", R"(trace_from = "/trace")"},
  {"namespace.join_event", R"(join_event = "enter")"},
  {"namespace.leave_event", R"(leave_event = "exit")"},
  {"namespace.on_connect.event", R"(on_connect = { event = "b" })"},
  {"namespace.on_connect.delay",
   R"(on_connect = { event = "a", delay = "1ms" })"},
  {"namespace.mapping.room", R"(room = "s:{id}")"},
  {"namespace.mapping.topic", R"(topic = "u")"},
  {"namespace.mapping.key", R"(key = "k-{id}")"},
  {"namespace.mapping.events", R"(events = ["e", "f"])"},
  {"namespace.mapping.room_from", R"(room_from = "/0/name")"},
  {"namespace.mapping.id_from", R"(id_from = "/0/id")"},
  {"namespace.mapping.trace_from", R"(trace_from = "/0/trace")"},
  {"namespace.mapping.event", R"(event = "m")"},
  {"namespace.mapping.echo", "echo = false"},
  {"namespace.mapping.members_only", "members_only = true"},
  {"namespace.mapping.join", R"(join = "auto")"},
  {"namespace.mapping.history", "history = 3"},
  {"namespace.mapping.format", R"(format = "args")"},
  {"namespace.mapping.tombstones", R"(tombstones = "skip")"},
  {"namespace.mapping.allow.join", R"(allow.join = ["anyone"])"},
  {"namespace.mapping.allow.emit", R"(allow.emit = ["anyone"])"},
  {"namespace.mapping.allow.history", R"(allow.history = ["anyone"])"},
  {"namespace.local.events", R"(events = ["m"])"},
  {"namespace.local.to", R"(to = "sender")"},
  {"namespace.local.room_from", R"(room_from = "/0/name")"},
  {"namespace.local.as", R"(as = "n")"},
  {"namespace.local.ack", R"(ack = "echo")"},
};

struct fixture : test::config_fixture {
  std::string of(const std::string& text) {
    // Not all of these could be used; what they say is what counts.
    return config_fingerprint(load(text).value);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_configurations_fingerprint, fixture)

BOOST_AUTO_TEST_CASE(is_that_of_the_same_configuration_elsewhere) {
  auto here = of(with({}, {}));
  BOOST_TEST(here.size() == 16u);
  BOOST_TEST(of(with({}, {}) + "\n# the same\n") == here);
  BOOST_TEST(of("server.listen = \"127.0.0.1:1\"\nlog.level = \"debug\"\n"
                + with({}, {}))
             == here);
}

BOOST_AUTO_TEST_CASE(changes_with_every_key_of_a_namespace) {
  std::set<std::string> seen{of(with({}, {}))};
  for (auto& [key, line] : changes)
    BOOST_TEST(seen.insert(of(with(key, line))).second, key);
  for (auto line : {R"(join = "claim:/a")", R"(join = "claim:/b")"})
    BOOST_TEST(seen.insert(of(with("namespace.mapping.join", line))).second,
               line);
}

/// What is of mappings is not fixed, and the other way round.
BOOST_AUTO_TEST_CASE(tells_mappings_apart_from_what_is_fixed) {
  auto all_of = [&](const std::string& text) {
    auto x = load(text).value;
    return std::pair{fixed_fingerprint(x), live_fingerprint(x)};
  };
  auto here = all_of(with({}, {}));
  BOOST_TEST(here.first.size() == 16u);
  BOOST_TEST(here.second.size() == 16u);
  for (auto& [key, line] : changes) {
    auto there = all_of(with(key, line));
    auto is_live = key.starts_with("namespace.mapping")
                   || key.starts_with("namespace.local");
    BOOST_TEST((there.first == here.first) == is_live, key);
    BOOST_TEST((there.second == here.second) == !is_live, key);
  }
}

/// Where keys of tokens are may change on one node after the other.
BOOST_AUTO_TEST_CASE(tells_the_url_of_keys_apart_from_what_is_fixed) {
  auto at = [&](const std::string& line, const std::string& more = {}) {
    return load("auth.jwt.algorithms = [\"RS256\"]\n" + line + more
                + with({}, {}))
      .value;
  };
  auto here = at("auth.jwt.jwks = \"https://a.example/keys\"\n");
  auto there = at("auth.jwt.jwks = \"https://b.example/keys\"\n");
  auto file = at("auth.jwt.jwks = \"a.json\"\n");
  auto other = at("auth.jwt.jwks = \"https://a.example/keys\"\n",
                  "auth.jwt.issuer = \"me\"\n");
  BOOST_TEST(fixed_fingerprint(here) == fixed_fingerprint(there));
  BOOST_TEST(fixed_fingerprint(here) == fixed_fingerprint(file));
  BOOST_TEST(fixed_fingerprint(here) != fixed_fingerprint(other));
  BOOST_TEST(live_fingerprint(here) == live_fingerprint(other));
  BOOST_TEST(live_fingerprint(here) != live_fingerprint(there));
  BOOST_TEST(parts_of(live_fingerprint(here)).mappings
             == live_fingerprint(file));
  BOOST_TEST(parts_of(live_fingerprint(here)).token_keys.size() == 16u);
  BOOST_TEST(parts_of(live_fingerprint(file)).token_keys == "");
}

BOOST_AUTO_TEST_CASE(says_what_nodes_have_of_their_own) {
  const std::string m(16, 'a'), n(16, 'b'), key_set(16, 'c');
  BOOST_TEST(live_difference(m, m) == "");
  BOOST_TEST(live_difference(m, n) == "mappings");
  BOOST_TEST(live_difference(m, m + key_set) == "keys of tokens");
  BOOST_TEST(live_difference(m + key_set, n) == "mappings and keys of tokens");
  BOOST_TEST(live_difference(m, "") == "mappings");
}

BOOST_AUTO_TEST_CASE(forgets_no_key) {
  for (auto& x : config::key_paths())
    if (x.kind == config::key_kind::file_only
        && x.path.starts_with("namespace.")
        && x.path != "namespace.on_connect.args") // it has one value only
      BOOST_TEST(changes.contains(x.path), x.path);
}

BOOST_AUTO_TEST_CASE(changes_with_what_tokens_count) {
  const std::string auth = "auth.jwt.algorithms = [\"RS256\"]\n";
  std::set<std::string> seen{of(with({}, {})), of(auth + with({}, {}))};
  BOOST_TEST(seen.size() == 2u);
  for (std::string line :
       {"auth.jwt.issuer = \"me\"", "auth.jwt.audience = [\"you\"]",
        "auth.jwt.user = \"/name\"", "auth.jwt.token = [\"header\"]",
        "auth.jwt.leeway = \"1s\"", "auth.deny_topic = \"denied\"",
        "auth.jwt.jwks = \"https://a.example/keys\""})
    BOOST_TEST(seen.insert(of(auth + line + "\n" + with({}, {}))).second, line);
  // where keys lie on a node is its own affair, and so are secrets
  auto here = of(auth + with({}, {}));
  for (std::string line :
       {"auth.jwt.keys = [\"a.pem\"]", "auth.jwt.jwks = \"a.json\"",
        "auth.jwt.secret = \"0123456789abcdef0123456789abcdef\"",
        "auth.deny_memory = \"1MiB\""})
    BOOST_TEST(of(auth + line + "\n" + with({}, {})) == here, line);
}

BOOST_AUTO_TEST_CASE(changes_with_what_certificates_are_users_by) {
  for (std::string auth : {"", "auth.jwt.algorithms = [\"RS256\"]\n"}) {
    std::set<std::string> seen;
    for (std::string name : {"none", "uri", "dns", "email"}) {
      auto line = "auth.certificate_user = \"" + name + "\"\n";
      BOOST_TEST(seen.insert(of(auth + line + with({}, {}))).second, line);
    }
    BOOST_TEST(seen.contains(of(auth + with({}, {})))); // by default: none
  }
}

BOOST_AUTO_TEST_CASE(changes_with_who_is_asked) {
  const std::string url = "auth.webhook.url = \"https://a.example/ask\"\n";
  std::set<std::string> seen{of(with({}, {}))};
  for (auto& x :
       {url, std::string{"auth.webhook.url = \"https://b.example/ask\"\n"}})
    BOOST_TEST(seen.insert(of(x + with({}, {}))).second, x);
  for (std::string line :
       {"auth.webhook.ca = \"ca.pem\"", "auth.webhook.timeout = \"2s\"",
        "auth.webhook.secret = \"whsec_x\""})
    BOOST_TEST(seen.contains(of(url + line + "\n" + with({}, {}))), line);
}

BOOST_AUTO_TEST_CASE(tells_who_clients_are_apart_from_what_there_is) {
  auto none = of(with({}, {}));
  for (std::string x : {"auth.jwt.algorithms = [\"RS256\"]\n",
                        "auth.webhook.url = \"https://a\"\n",
                        "auth.certificate_user = \"uri\"\n"}) {
    auto y = of(x + with({}, {}));
    BOOST_TEST(y.size() == 2 * namespaces_fingerprint);
    BOOST_TEST(y.substr(0, namespaces_fingerprint) == none);
    auto other = of(x + with("namespace.name", "name = \"/chat\""));
    BOOST_TEST(other.substr(0, namespaces_fingerprint) != none);
    BOOST_TEST(other.substr(namespaces_fingerprint)
               == y.substr(namespaces_fingerprint));
  }
}

BOOST_AUTO_TEST_CASE(changes_with_the_group_and_with_signing) {
  auto here = of(with({}, {}));
  BOOST_TEST(of("kafka.group = \"g\"\n" + with({}, {})) != here);
  BOOST_TEST(of(with({}, {}).substr(head.size()) + "") != here);
  // The group is the cluster's name where none is given.
  BOOST_TEST(of("kafka.group = \"weir\"\n" + with({}, {})) == here);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
