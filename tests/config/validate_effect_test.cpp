// Keys that matter only where another one is set.

#include "config/validate.hpp"
#include "tests/config/config_fixture.hpp"

#include <algorithm>
#include <set>

namespace {

using namespace weir;
using test::lines;

const std::string embedded = "kafka.embedded = true\n";
const std::string real = "kafka.brokers = \"a:1\"\n";
const std::string listen = "cluster.listen = \"127.0.0.1:0\"\n";
const std::string websocket = "engineio.transports = [\"websocket\"]\n";
const std::string nsp = "[[namespace]]\nname = \"/\"\n";
const std::string nobody = nsp + "auth = \"none\"\n";
const std::string mapping
  = "[[namespace.mapping]]\nroom = \"lobby\"\ntopic = \"t\"\n";
const std::string events = "events = [\"e\"]\n";
const std::string local = "[[namespace.local]]\nevents = [\"l\"]\n";
const std::string secret = "auth.jwt.secret = \"" + std::string(32, 'x')
                           + "\"\n";
const std::string signs = "cluster.secret = \"" + std::string(32, 'x') + "\"\n";
const std::string tokens = "auth.jwt.algorithms = [\"HS256\"]\n" + secret;
const std::string public_keys = "auth.jwt.algorithms = [\"RS256\"]\n";
const std::string tls = "server.tls.certificate = \"weir.toml\"\n"
                        "server.tls.key = \"weir.toml\"\n"
                        "server.tls.client_ca = \"weir.toml\"\n";

const std::string ui = "admin.ui = \"ui\"\n";
const std::string bcrypt_hash
  = "$2b$10$abcdefghijklmnopqrstuudwGrhhx5JklpO9.j/ckWDCf3exvs1/2";

struct vain_key {
  std::string key;
  std::string value;
  std::string fallback; ///< empty: it cannot be said
  std::string vain;     ///< a file where it does nothing
  std::string of_use;
};

const vain_key rows[] = {
  {"server.max_file_bytes", "\"1MiB\"", "\"256MiB\"", embedded + nsp,
   "server.files = \".\"\n" + embedded + nsp},
  {"engineio.upgrade_timeout", "\"1s\"", "\"10s\"", websocket + embedded + nsp,
   embedded + nsp},
  {"kafka.embedded_partitions", "1", "4", real + nsp, embedded + nsp},
  {"kafka.delivery_timeout", "\"1s\"", "\"30s\"", embedded + nsp + mapping,
   embedded + nsp + mapping + events},
  {"cluster.advertise", "\"a:1\"", "\"\"", real + nsp, listen + real + nsp},
  {"cluster.seeds", "[\"a:1\"]", "[]", real + nsp, listen + real + nsp},
  {"cluster.timeout", "\"1s\"", "\"5s\"", embedded + nsp, real + nsp},
  {"cluster.timeout", "\"1s\"", "\"5s\"", embedded + nsp,
   listen + embedded + nsp},
  {"cluster.tls",
   R"({ certificate = "weir.toml", key = "weir.toml", )"
   R"(ca = "weir.toml" })",
   R"({ certificate = "", key = "", ca = "" })", real + nsp,
   listen + real + nsp},
  {"limits.producer_queue", "\"64MiB\"", "\"256MiB\"", embedded + nsp + mapping,
   embedded + nsp + mapping + events},
  {"limits.forwarded_polls", "5", "100_000", listen + websocket + real + nsp,
   listen + real + nsp},
  {"limits.forwarded_bytes", "\"32MiB\"", "\"64MiB\"", real + nsp,
   listen + real + nsp},
  {"limits.recent_sockets", "5", "100_000", embedded + nsp,
   signs + embedded + nsp + "recovery = \"1m\"\n"},
  {"limits.idempotency_ids", "5", "100_000", embedded + nsp + mapping + events,
   embedded + nsp + mapping + events + "id_from = \"/0/id\"\n"},
  {"admin.ui_user", "\"ada\"", "\"admin\"", embedded + nsp,
   ui + embedded + nsp},
  {"admin.ui_password", '"' + bcrypt_hash + '"', "\"\"", embedded + nsp,
   ui + embedded + nsp},
  {"admin.ui_password_file", "\"hash\"", "\"\"", embedded + nsp,
   ui + embedded + nsp},
  {"admin.ui_origins", "[\"https://a\"]", "[]", embedded + nsp,
   ui + embedded + nsp},
  {"admin.ui_read_only", "true", "false", embedded + nsp, ui + embedded + nsp},
  {"admin.ui_sockets", "1", "5_000", embedded + nsp, ui + embedded + nsp},
  {"auth.certificate_user", "\"uri\"", "\"none\"", tls + embedded + nobody,
   tls + embedded + nobody + "[[namespace]]\nname = \"/x\"\n"},
  {"auth.deny_memory", "\"1MiB\"", "\"64MiB\"", tokens + embedded + nsp,
   "auth.deny_topic = \"d\"\n" + tokens + embedded + nsp},
  {"auth.jwt.algorithms", "[\"HS256\"]", "", secret + embedded + nobody,
   secret + embedded + nsp},
  {"auth.jwt.jwks_ca", "\"weir.toml\"", "\"\"",
   public_keys + "auth.jwt.jwks = \"weir.toml\"\n" + embedded + nsp,
   public_keys + "auth.jwt.jwks = \"https://a\"\n" + embedded + nsp},
  {"auth.jwt.jwks_timeout", "\"1s\"", "\"5s\"",
   public_keys + "auth.jwt.keys = [\"weir.toml\"]\n" + embedded + nsp,
   public_keys + "auth.jwt.jwks = \"https://a\"\n" + embedded + nsp},
  {"auth.jwt.jwks_refresh", "\"1m\"", "\"5m\"", tokens + embedded + nsp,
   public_keys + "auth.jwt.jwks = \"https://a\"\n" + embedded + nsp},
  {"tracing.ca", "\"weir.toml\"", "\"\"",
   "tracing.url = \"http://a/b\"\n" + embedded + nsp,
   "tracing.url = \"https://a/b\"\n" + embedded + nsp},
  {"auth.webhook.url", "\"https://a\"", "",
   "auth.webhook.secret = \"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\"\n"
     + embedded + nsp,
   "auth.webhook.secret = \"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\"\n"
     + embedded + nsp + "webhook = [\"connect\"]\n"},
  {"namespace.trace_from", "\"/trace\"", "\"\"", embedded + nsp,
   embedded + nsp
     + "mapping = [{ room = \"lobby\", topic = \"t\", events = [\"e\"] }]\n"},
  {"namespace.mapping.room_from", "\"/0/room\"", "\"\"",
   embedded + nsp + mapping, embedded + nsp + mapping + events},
  {"namespace.mapping.id_from", "\"/0/id\"", "\"\"", embedded + nsp + mapping,
   embedded + nsp + mapping + events},
  {"namespace.mapping.trace_from", "\"/0/trace\"", "\"\"",
   embedded + nsp + mapping, embedded + nsp + mapping + events},
  {"namespace.mapping.members_only", "true", "false", embedded + nsp + mapping,
   embedded + nsp + mapping + events},
  {"namespace.local.room_from", "\"/0/room\"", "\"\"",
   embedded + nsp + local + "to = \"sender\"\n",
   embedded + nsp + mapping + local},
  {"namespace.local.as", "\"x\"", "\"\"",
   embedded + nsp + local + "to = \"none\"\nack = \"echo\"\n",
   embedded + nsp + local + "to = \"sender\"\nack = \"echo\"\n"},
};

/// The key alone, where it has to stand.
std::string with(const vain_key& x, const std::string& value,
                 const std::string& file) {
  if (!x.key.starts_with("namespace."))
    return x.key + " = " + value + "\n" + file;
  return file + x.key.substr(x.key.rfind('.') + 1) + " = " + value + "\n";
}

struct fixture : test::config_fixture {
  fixture() {
    std::filesystem::create_directory(folder / "ui");
    std::ofstream{folder / "ui/index.html"} << "<p>";
    std::ofstream{folder / "hash"} << bcrypt_hash;
  }
};

BOOST_FIXTURE_TEST_SUITE(a_key_that_needs_another_one, fixture)

BOOST_AUTO_TEST_CASE(is_refused_without_it) {
  for (auto& x : rows) {
    auto text = with(x, x.value, x.vain);
    auto found = load(text).errors;
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST_REQUIRE(found.size() == 1u);
      auto& message = found[0].message;
      BOOST_TEST(message.starts_with(x.key.substr(x.key.rfind('.') + 1) + ": "),
                 message);
      auto says_what_to_do = message.find("leave") != std::string::npos
                             || message.find("set ") != std::string::npos;
      BOOST_TEST(says_what_to_do, message);
      auto is_last = x.key.starts_with("namespace.");
      BOOST_TEST(found[0].line
                 == (is_last ? std::count(text.begin(), text.end(), '\n') : 1));
    }
  }
}

BOOST_AUTO_TEST_CASE(is_taken_with_it) {
  for (auto& x : rows)
    expect(with(x, x.value, x.of_use), {});
}

BOOST_AUTO_TEST_CASE(may_have_its_default) {
  for (auto& x : rows)
    if (!x.fallback.empty())
      expect(with(x, x.fallback, x.vain), {});
}

BOOST_AUTO_TEST_CASE(is_one_of_these) {
  std::set<std::string> tried;
  for (auto& x : rows)
    tried.insert(x.key);
  auto all = config::conditional_keys();
  BOOST_TEST((tried == std::set(all.begin(), all.end())));
}

BOOST_AUTO_TEST_CASE(is_not_blamed_while_the_other_one_cannot_be_read) {
  auto message_of = [this](const std::string& text) {
    auto found = load(text).errors;
    BOOST_TEST_REQUIRE(found.size() == 1u, text);
    return found[0].message;
  };
  BOOST_TEST(message_of("kafka.embedded_partitions = 1\n"
                        "kafka.embedded = \"yes\"\n"
                        + nsp)
               .starts_with("embedded: "));
  BOOST_TEST(message_of("cluster.seeds = [\"a:1\"]\ncluster.lisen = \"a\"\n"
                        + real + nsp)
               .starts_with("unknown key \"lisen\""));
  BOOST_TEST(message_of("limits.idempotency_ids = 5\n" + embedded + nsp
                        + mapping + "id_form = \"/0\"\n")
               .starts_with("unknown key \"id_form\""));
}

BOOST_AUTO_TEST_CASE(may_be_set_back_by_a_later_source) {
  write("kafka.embedded_partitions = 1\n" + real + nsp);
  for (std::string value : {"1", "4"}) {
    auto found
      = load_config({.file = file(),
                     .environment = {},
                     .overrides = {"kafka.embedded_partitions=" + value}});
    BOOST_TEST(found.errors.size() == (value == "1" ? 1u : 0u));
  }
  write(embedded + nsp);
  auto found = load_config({.file = file(),
                            .environment = {{"WEIR_CLUSTER_TIMEOUT", "1s"}},
                            .overrides = {}});
  BOOST_TEST(messages(found)
               == lines{"environment: cluster.timeout: not without listen: a "
                        "node that listens nowhere is alone; in [cluster] set "
                        "listen = \"127.0.0.1:7400\""},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
