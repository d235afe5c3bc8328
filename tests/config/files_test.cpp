// The files that come with Weir.

#include "config/keys.hpp"
#include "config/load.hpp"
#include "tests/config/config_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace {

using namespace std::chrono_literals;
using namespace weir;

std::string path_of(const std::string& name) {
  return WEIR_SOURCE_DIR "/config/" + name;
}

/// Requires that there is nothing wrong with the file.
options loaded(const std::string& name,
               std::vector<std::string> overrides = {}) {
  auto result = load_config({path_of(name), {}, std::move(overrides)});
  for (auto& x : result.errors)
    BOOST_TEST(to_string(x) == "");
  return result.value;
}

constexpr auto name_characters = "abcdefghijklmnopqrstuvwxyz_0123456789.";

/// The name of a table in a line like `[[namespace.local]]`, or like
/// `# [auth.jwt]`.
std::string header_of(std::string line) {
  if (line.starts_with("# ["))
    line.erase(0, 2);
  auto begin = line.find_first_not_of("[");
  if (begin == 0 || begin == std::string::npos)
    return {};
  return line.substr(begin, line.find(']') - begin);
}

/// The name of a key in a line like `# name = value`.
std::string key_of(const std::string& line) {
  auto begin = line.starts_with("# ") ? 2u : 0u;
  auto end = line.find_first_not_of(name_characters, begin);
  return end != std::string::npos && line.compare(end, 3, " = ") == 0
           ? line.substr(begin, end - begin)
           : std::string{};
}

/// The keys that a file shows, commented out or not, with their tables.
std::set<std::string> keys_shown(const std::string& name) {
  std::set<std::string> result;
  std::string table;
  std::ifstream in{path_of(name)};
  for (std::string line; std::getline(in, line);) {
    line.erase(0, line.find_first_not_of(' '));
    if (auto header = header_of(line); !header.empty())
      result.insert(table = header);
    else if (auto key = key_of(line); !key.empty())
      result.insert(table + "." + key);
  }
  return result;
}

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(the_example_shows_every_key) {
  auto shown = keys_shown("weir.example.toml");
  for (auto& x : config::key_paths()) {
    // An inline table is one line.
    auto within = x.path.find(".on_connect.") != std::string::npos
                  || x.path.find(".allow.") != std::string::npos
                  || (x.path.starts_with("limits.event.")
                      && x.path.find('.', 13) != std::string::npos);
    auto path = within ? x.path.substr(0, x.path.rfind('.')) : x.path;
    auto expected = x.kind != config::key_kind::planned;
    BOOST_TEST(shown.contains(path) == expected, path);
  }
}

BOOST_AUTO_TEST_CASE(the_example_shows_the_defaults) {
  auto example = loaded("weir.example.toml");
  options defaults;
  BOOST_TEST(example.kafka.brokers == "localhost:9092");
  example.kafka.brokers.clear();
  BOOST_TEST((example.server == defaults.server));
  BOOST_TEST((example.engineio == defaults.engineio));
  BOOST_TEST((example.kafka == defaults.kafka));
  BOOST_TEST((example.cluster == defaults.cluster));
  BOOST_TEST((example.limits == defaults.limits));
  BOOST_TEST((example.admin == defaults.admin));
  BOOST_TEST((example.log == defaults.log));
  BOOST_TEST((example.auth == defaults.auth));
  BOOST_TEST((example.tracing == defaults.tracing));
}

/// The lines below `# [table]` that say what is the default.
std::string commented_defaults(const std::string& table) {
  const std::set<std::string> without{"algorithms",  "keys",   "jwks",
                                      "jwks_ca",     "secret", "issuer",
                                      "secret_file", "url",    "ca"};
  std::string result = "[" + table + "]\n";
  std::ifstream in{path_of("weir.example.toml")};
  std::string line;
  while (std::getline(in, line) && header_of(line) != table) {
  }
  while (std::getline(in, line) && header_of(line).empty())
    if (auto key = key_of(line); !key.empty() && !without.contains(key))
      result += line.substr(2) + "\n";
  return result;
}

BOOST_FIXTURE_TEST_CASE(what_the_example_comments_out_are_the_defaults,
                        test::config_fixture) {
  auto text = commented_defaults("auth.jwt");
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 10);
  auto given = load(text + "algorithms = [\"HS256\"]\n").value.auth.jwt;
  BOOST_TEST_REQUIRE(given.is_configured());
  given.algorithms.clear();
  BOOST_TEST((given == jwt_options{}));
  text = commented_defaults("auth.webhook");
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 6);
  auto webhook = load(text + "url = \"https://a\"\n").value.auth.webhook;
  BOOST_TEST_REQUIRE(webhook.is_configured());
  webhook.url.clear();
  BOOST_TEST((webhook == webhook_options{}));
  text = commented_defaults("tracing");
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 6);
  auto tracing = load(text + "url = \"http://a/v1/traces\"\n").value.tracing;
  BOOST_TEST_REQUIRE(tracing.is_configured());
  tracing.url.clear();
  BOOST_TEST((tracing == tracing_options{}));
}

BOOST_AUTO_TEST_CASE(the_examples_namespace_has_the_defaults) {
  auto example = loaded("weir.example.toml");
  BOOST_TEST_REQUIRE(example.namespaces.size() == 1u);
  auto nsp = example.namespaces[0];
  mapping_options mapping{.room = "chat:{id}",
                          .topic = "chat.messages",
                          .key = {},
                          .events = {},
                          .room_from = {},
                          .id_from = {},
                          .trace_from = {},
                          .event = {},
                          .join_claim = {},
                          .allow = {}};
  local_options local{.events = {"typing"}, .room_from = "/0/room", .as = {}};
  BOOST_TEST_REQUIRE(nsp.mappings.size() == 1u);
  mapping.line = nsp.mappings[0].line;
  BOOST_TEST((nsp.mappings[0] == mapping));
  BOOST_TEST_REQUIRE(nsp.locals.size() == 1u);
  local.line = nsp.locals[0].line;
  BOOST_TEST((nsp.locals[0] == local));
  nsp.mappings.clear();
  nsp.locals.clear();
  nsp.line = 0;
  BOOST_TEST((nsp == namespace_options{}));
}

// Its folders are put in place by set-up, which a unit test does without.
BOOST_AUTO_TEST_CASE(the_demo_is_a_chat_on_the_embedded_broker) {
  auto demo = loaded("demo.toml", {"server.files=", "server.client_files="});
  BOOST_TEST(demo.kafka.embedded);
  BOOST_TEST((demo.limits == limits_options{}));
  BOOST_TEST_REQUIRE(demo.namespaces.size() == 1u);
  BOOST_TEST(demo.namespaces[0].name == "/");
  BOOST_TEST(demo.namespaces[0].mappings.size() == 1u);
  BOOST_TEST(demo.namespaces[0].locals.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_demo_serves_the_page_of_the_tools) {
  auto demo = load_config({path_of("demo.toml"), {}, {}}).value;
  BOOST_TEST(demo.server.files == WEIR_SOURCE_DIR "/tools/demo");
  BOOST_TEST(demo.server.client_files
             == WEIR_SOURCE_DIR
             "/tools/demo/node_modules/socket.io-client/dist");
}

BOOST_AUTO_TEST_CASE(the_conformance_file_is_what_the_suites_expect) {
  auto x = loaded("conformance.toml");
  BOOST_TEST(x.server.listen.ends_with(":3000"));
  BOOST_TEST((x.engineio.ping_interval == 300ms));
  BOOST_TEST((x.engineio.ping_timeout == 200ms));
  BOOST_TEST(x.engineio.max_payload == 1'000'000u);
  BOOST_TEST_REQUIRE(x.namespaces.size() == 2u);
  BOOST_TEST(x.namespaces[0].name == "/");
  BOOST_TEST(x.namespaces[1].name == "/custom");
  for (auto& nsp : x.namespaces)
    BOOST_TEST(
      (nsp.on_connect == on_connect_options{"auth", "handshake", 50ms}));
  auto& locals = x.namespaces[0].locals;
  BOOST_TEST_REQUIRE(locals.size() == 2u);
  BOOST_TEST(locals[0].as == "message-back");
  BOOST_TEST((locals[1].to == local_target::none));
  BOOST_TEST((locals[1].ack == local_ack::echo));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
