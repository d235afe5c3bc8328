#include "config/load.hpp"

#include "tests/config/config_fixture.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir;
using test::lines;

/// Enough for a file without errors.
const std::string minimal = R"([kafka]
embedded = true
[[namespace]]
name = "/"
)";

struct fixture : test::config_fixture {
  loaded_config load_with(std::vector<std::string> overrides,
                          const std::string& text = minimal) {
    write(text);
    return load_config({file(), {}, std::move(overrides)});
  }

  loaded_config
  load_in(std::vector<std::pair<std::string, std::string>> environment) {
    write(minimal);
    return load_config({file(), std::move(environment), {}});
  }
};

BOOST_FIXTURE_TEST_SUITE(load, fixture)

BOOST_AUTO_TEST_CASE(a_minimal_file_leaves_everything_else_at_its_default) {
  auto loaded = load(minimal);
  BOOST_TEST(messages(loaded) == lines{});
  options expected;
  expected.kafka.embedded = true;
  expected.namespaces.emplace_back().line = 3;
  BOOST_TEST((loaded.value == expected));
}

BOOST_AUTO_TEST_CASE(values_of_every_type_are_read) {
  auto loaded = load(R"(
[server]
listen = "[::1]:80"
io_threads = 2
header_timeout = "250ms"
max_header = "8KiB"
cors = { origins = ["https://a.example", "http://b.example:8080"], credentials = true }
[engineio]
max_payload = 65536
transports = ["websocket"]
[kafka]
brokers = "a:1,b:2"
[kafka.properties]
"session.timeout.ms" = 6000
"security.protocol" = "SSL"
"socket.keepalive.enable" = true
retries.factor = 1.5
[log]
level = "debug"
format = "json"
[[namespace]]
name = "/chat"
on_connect = { event = "auth", args = "handshake" }
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat.messages"
  key = "{id}"
  events = ["chat message"]
  room_from = "/0/room"
  join = "client"
  echo = false
  history = 50
  format = "envelope"
  [[namespace.mapping]]
  room = "lobby"
  topic = "lobby"
  join = "auto"
  [[namespace.local]]
  events = ["ping me"]
  to = "sender"
  as = "pinged"
  ack = "echo"
)");
  BOOST_TEST_REQUIRE(messages(loaded) == lines{});
  const auto& x = loaded.value;
  BOOST_TEST(x.server.listen == "[::1]:80");
  BOOST_TEST(x.server.io_threads == 2u);
  BOOST_TEST((x.server.header_timeout == 250ms));
  BOOST_TEST(x.server.max_header == 8192u);
  BOOST_TEST(x.server.cors.origins
             == (lines{"https://a.example", "http://b.example:8080"}));
  BOOST_TEST(x.server.cors.credentials);
  BOOST_TEST(x.engineio.max_payload == 65536u);
  BOOST_TEST(x.engineio.transports == lines{"websocket"});
  BOOST_TEST(x.kafka.brokers == "a:1,b:2");
  BOOST_TEST(
    (x.kafka.properties
     == std::map<std::string, std::string>{{"session.timeout.ms", "6000"},
                                           {"security.protocol", "SSL"},
                                           {"socket.keepalive.enable", "true"},
                                           {"retries.factor", "1.5"}}));
  BOOST_TEST((x.log.level == log_level::debug));
  BOOST_TEST((x.log.format == log_format::json));
  BOOST_TEST_REQUIRE(x.namespaces.size() == 1u);
  const auto& nsp = x.namespaces[0];
  BOOST_TEST(nsp.name == "/chat");
  BOOST_TEST((nsp.on_connect == on_connect_options{"auth", "handshake"}));
  BOOST_TEST_REQUIRE(nsp.mappings.size() == 2u);
  mapping_options chat{.room = "chat:{id}",
                       .topic = "chat.messages",
                       .key = "{id}",
                       .events = {"chat message"},
                       .room_from = "/0/room",
                       .event = {},
                       .echo = false,
                       .history = 50,
                       .format = value_format::envelope,
                       .line = 24};
  BOOST_TEST((nsp.mappings[0] == chat));
  BOOST_TEST((nsp.mappings[1].join == join_policy::automatic));
  BOOST_TEST_REQUIRE(nsp.locals.size() == 1u);
  BOOST_TEST(
    (nsp.locals[0]
     == local_options{
       {"ping me"}, local_target::sender, {}, "pinged", local_ack::echo, 38}));
}

BOOST_AUTO_TEST_CASE(overrides_win_over_variables_and_both_over_the_file) {
  write(minimal
        + "[server]\npath = \"/file/\"\nio_threads = 1\n"
          "[admin]\nlisten = \"127.0.0.1:1\"\n");
  auto loaded = load_config(
    {file(),
     {{"WEIR_SERVER_IO_THREADS", "2"}, {"WEIR_ADMIN_LISTEN", "127.0.0.1:2"}},
     {"admin.listen=127.0.0.1:3"}});
  BOOST_TEST(messages(loaded) == lines{});
  BOOST_TEST(loaded.value.server.path == "/file/");
  BOOST_TEST(loaded.value.server.io_threads == 2u);
  BOOST_TEST(loaded.value.admin.listen == "127.0.0.1:3");
}

BOOST_AUTO_TEST_CASE(overrides_take_the_type_of_their_key) {
  auto loaded = load_with(
    {"server.listen=127.0.0.1:0", "server.io_threads=3",
     "engineio.ping_interval=5s", "limits.outbox=64KiB", "limits.credit=4096",
     "kafka.embedded=true", "engineio.transports=websocket",
     "server.cors.origins=http://a,http://b", "server.cors.credentials=true",
     "kafka.properties.session.timeout.ms=6000", "log.level=error",
     "admin.token=", "kafka.producer.sasl.password=a=b"});
  BOOST_TEST(messages(loaded) == lines{});
  const auto& x = loaded.value;
  BOOST_TEST(x.server.listen == "127.0.0.1:0");
  BOOST_TEST(x.server.io_threads == 3u);
  BOOST_TEST((x.engineio.ping_interval == 5s));
  BOOST_TEST(x.limits.outbox == 65536u);
  BOOST_TEST(x.limits.credit == 4096u);
  BOOST_TEST(x.engineio.transports == lines{"websocket"});
  BOOST_TEST(x.server.cors.origins == (lines{"http://a", "http://b"}));
  BOOST_TEST(x.server.cors.credentials);
  BOOST_TEST(x.kafka.properties.at("session.timeout.ms") == "6000");
  BOOST_TEST(x.kafka.producer.at("sasl.password") == "a=b");
  BOOST_TEST((x.log.level == log_level::error));
}

BOOST_AUTO_TEST_CASE(an_empty_override_empties_a_list) {
  auto loaded = load_with({"server.cors.origins="},
                          minimal + "[server.cors]\norigins = [\"*\"]\n");
  BOOST_TEST(messages(loaded) == lines{});
  BOOST_TEST(loaded.value.server.cors.origins == lines{});
}

BOOST_AUTO_TEST_CASE(variables_name_keys_with_underscores) {
  auto loaded = load_in({{"WEIR_KAFKA_DELIVERY_TIMEOUT", "5s"},
                         {"WEIR_SERVER_CORS_ORIGINS", "https://a"},
                         {"WEIR_KAFKA_PROPERTIES_SASL_PASSWORD", "secret"},
                         {"PATH", "/bin"},
                         {"WEIRD", "1"}});
  BOOST_TEST(messages(loaded) == lines{});
  BOOST_TEST((loaded.value.kafka.delivery_timeout == 5s));
  BOOST_TEST(loaded.value.server.cors.origins == lines{"https://a"});
  BOOST_TEST(loaded.value.kafka.properties.at("sasl.password") == "secret");
}

BOOST_AUTO_TEST_CASE(mistakes_in_variables_are_reported) {
  auto loaded = load_in({{"WEIR_SERVER_LISEN", "127.0.0.1:0"},
                         {"WEIR_SERVER_IO_THREADS", "many"},
                         {"WEIR_KAFKA_PROPERTIES_", "x"},
                         {"WEIR_NAMESPACE_NAME", "/"},
                         {"WEIR_CLUSTER_SECRET", "x"}});
  BOOST_TEST(
    messages(loaded)
      == (lines{
        R"(environment: unknown variable "WEIR_SERVER_LISEN", did you mean "WEIR_SERVER_LISTEN"?)",
        R"(environment: server.io_threads: expected a whole number, got "many")",
        R"(environment: unknown variable "WEIR_KAFKA_PROPERTIES_"; it names no key, as "WEIR_SERVER_LISTEN" names server.listen)",
        R"(environment: namespace: can be set in a file only)",
        R"(environment: "cluster.secret" is not available in this version; leave it out)"}),
    boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(variables_of_other_programs_are_left_alone) {
  auto loaded = load_in({{"WEIR_CACHE", "x"},
                         {"WEIR_PORT", "tcp://10.0.0.1:3000"},
                         {"WEIR_ADMIN_PORT", "tcp://10.0.0.1:9300"},
                         {"WEIR_ADMIN_PORT_9300_TCP_ADDR", "10.0.0.1"},
                         {"WEIR_ADMIN_SERVICE_HOST", "10.0.0.1"}});
  BOOST_TEST(messages(loaded) == lines{});
  loaded = load_in({{"WEIR_SERVER_PORT", "3000"}});
  BOOST_TEST(
    messages(loaded)
    == lines{
      R"(environment: unknown variable "WEIR_SERVER_PORT"; it names no key, as "WEIR_SERVER_LISTEN" names server.listen)"});
}

BOOST_AUTO_TEST_CASE(mistakes_in_overrides_are_reported) {
  auto loaded
    = load_with({"server.lisen=1", "brokers=a:1", "server", "=1", "kafka=1",
                 "server.listen=3000", "kafka.embedded=yes", "namespace.name=/",
                 "server.tls.cert=x", "server.listen.x=1", "kafka.properties=1",
                 "limits.outbox=1", "kafka.embeded=true"});
  BOOST_TEST(
    messages(loaded)
      == (lines{
        R"(--set: unknown key "server.lisen", did you mean "server.listen"?)",
        R"(--set: unknown key "brokers", did you mean "kafka.brokers"?)",
        R"(--set: "server" is not an override; write it like "server.listen=127.0.0.1:3000")",
        R"(--set: "=1" is not an override; write it like "server.listen=127.0.0.1:3000")",
        R"(--set: kafka: expected a table, written [kafka], got "1")",
        R"(--set: server.listen: "3000" is not an IP address and port; write it like "127.0.0.1:3000" or "[::1]:3000")",
        R"(--set: kafka.embedded: expected true or false, got "yes")",
        R"(--set: namespace: can be set in a file only)",
        R"(--set: "server.tls" is not available in this version; leave it out)",
        R"(--set: server.listen: expected a string in quotes, got a table)",
        R"(--set: kafka.properties: expected a table, written [kafka.properties], got "1")",
        R"(--set: limits.outbox: "1" is out of bounds; use 1KiB to 1GiB)",
        R"(--set: unknown key "kafka.embeded", did you mean "kafka.embedded"?)"}),
    boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mistakes_are_in_file_order_then_variables_then_overrides) {
  write("[server]\nio_threads = \"b\"\npath = 1\n[kafka]\nembedded = 1\n");
  auto loaded = load_config({file(), {{"WEIR_LOG_X", "1"}}, {"x=1"}});
  lines places;
  for (const auto& x : loaded.errors)
    places.push_back(x.source.substr(x.source.rfind('/') + 1) + ":"
                     + std::to_string(x.line) + ":" + std::to_string(x.column));
  BOOST_TEST(places
               == (lines{"weir.toml:2:14", "weir.toml:3:8", "weir.toml:5:12",
                         "environment:0:0", "--set:0:0"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(syntax_errors_have_a_place) {
  expect(
    "[server]\n  listen = 127.0.0.1:3000\n",
    {R"(weir.toml:2:14: syntax error in "listen = 127.0.0.1:3000": Error while parsing time: expected ':', saw '7'; text needs quotes, as in listen = "127.0.0.1:3000")"});
  expect(
    "[server]\npath = \n",
    {R"(weir.toml:2:8: syntax error in "path =": Error while parsing key-value pair: expected value, saw '\n')"});
  expect(
    "[server\n",
    {R"(weir.toml:1:8: syntax error in "[server": Error while parsing table header: expected ']', saw '\n')"});
  expect(
    "[server]\npath = \"/a/\"\npath = \"/b/\"\n",
    {R"(weir.toml:3:8: syntax error in "path = "/b/"": Error while parsing key-value pair: cannot redefine existing string 'path')"});
}

BOOST_AUTO_TEST_CASE(a_bracket_without_a_name_has_a_place) {
  for (const std::string header : {"[=]", "[[[", "[ # x", "[[", "[?]"})
    expect("a = \"\"\"\n[=\n\"\"\"\n[log]\n" + header + "\n[log]\n",
           {"weir.toml:5:1: syntax error in \"" + header
            + "\": a table's name must follow the bracket"});
}

BOOST_AUTO_TEST_CASE(hostile_files_are_syntax_errors) {
  for (const auto& text :
       {std::string(10'000, '['), std::string("a = \"\xff\xfe\""),
        "a = " + std::string(10'000, '['), std::string("a\0 = 1", 6)}) {
    auto loaded = load(text);
    BOOST_TEST_REQUIRE(loaded.errors.size() == 1u);
    BOOST_TEST(loaded.errors[0].message.starts_with("syntax error in "));
  }
}

BOOST_AUTO_TEST_CASE(an_unreadable_file_is_reported_alone) {
  BOOST_TEST(messages(load_config({file(), {}, {}}))
             == lines{"weir.toml: cannot read the configuration; there is no "
                      "such file"});
  std::filesystem::create_directory(folder / "weir.toml");
  BOOST_TEST(messages(load_config({file(), {}, {}}))
             == lines{"weir.toml: cannot read the configuration; is it a file, "
                      "and may this user read it?"});
}

BOOST_AUTO_TEST_CASE(without_a_file_there_is_nothing_to_serve) {
  auto loaded = load_config({{}, {}, {"kafka.embedded=true"}});
  BOOST_TEST(
    messages(loaded)
    == lines{
      R"(configuration: nothing to serve: there is no [[namespace]]; begin with

[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat"
  topic = "chat.messages")"});
}

BOOST_AUTO_TEST_CASE(folders_are_relative_to_the_file) {
  std::filesystem::create_directories(folder / "pages");
  auto loaded = load("[server]\nfiles = \"pages\"\nclient_files = \""
                     + folder.string() + "\"\n" + minimal);
  BOOST_TEST(messages(loaded) == lines{});
  BOOST_TEST(loaded.value.server.files == (folder / "pages").string());
  BOOST_TEST(loaded.value.server.client_files == folder.string());
}

BOOST_AUTO_TEST_CASE(folders_in_overrides_are_relative_to_the_current_folder) {
  auto loaded = load_with({"server.files=."});
  BOOST_TEST(messages(loaded) == lines{});
  BOOST_TEST(loaded.value.server.files == ".");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
