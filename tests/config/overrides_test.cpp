#include "config/overrides.hpp"

#include "tests/config/config_fixture.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir;
using test::lines;
using test::minimal;

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

BOOST_FIXTURE_TEST_SUITE(overrides, fixture)

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
  auto& x = loaded.value;
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
  auto loaded = load_in({{"WEIR_SERVER_HEADER_TIMEOUT", "5s"},
                         {"WEIR_SERVER_CORS_ORIGINS", "https://a"},
                         {"WEIR_KAFKA_PROPERTIES_SASL_PASSWORD", "secret"},
                         {"PATH", "/bin"},
                         {"WEIRD", "1"}});
  BOOST_TEST(messages(loaded) == lines{});
  BOOST_TEST((loaded.value.server.header_timeout == 5s));
  BOOST_TEST(loaded.value.server.cors.origins == lines{"https://a"});
  BOOST_TEST(loaded.value.kafka.properties.at("sasl.password") == "secret");
}

BOOST_AUTO_TEST_CASE(mistakes_in_variables_are_reported) {
  auto loaded = load_in({{"WEIR_SERVER_LISEN", "127.0.0.1:0"},
                         {"WEIR_SERVER_IO_THREADS", "many"},
                         {"WEIR_KAFKA_PROPERTIES_", "x"},
                         {"WEIR_NAMESPACE_NAME", "/"},
                         {"WEIR_CLUSTER_SECRET", "short"}});
  BOOST_TEST(
    messages(loaded)
      == (lines{
        R"(environment: unknown variable "WEIR_SERVER_LISEN", did you mean "WEIR_SERVER_LISTEN"?)",
        R"(environment: server.io_threads: expected a whole number, got "many")",
        R"(environment: unknown variable "WEIR_KAFKA_PROPERTIES_"; it names no key, as "WEIR_SERVER_LISTEN" names server.listen)",
        R"(environment: namespace: can be set in a file only)",
        R"(environment: cluster.secret: a secret has at least 16 characters; "openssl rand -base64 24" makes one)"}),
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
  auto loaded = load_with(
    {"server.lisen=1", "brokers=a:1", "server", "=1", "kafka=1",
     "server.listen=3000", "kafka.embedded=yes", "namespace.name=/",
     "engineio.cookie.name=x", "server.listen.x=1", "kafka.properties=1",
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
        R"(--set: "engineio.cookie" is not available in this version; leave it out)",
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
  for (auto& x : loaded.errors)
    places.push_back(x.source.substr(x.source.rfind('/') + 1) + ":"
                     + std::to_string(x.line) + ":" + std::to_string(x.column));
  BOOST_TEST(places
               == (lines{"weir.toml:2:14", "weir.toml:3:8", "weir.toml:5:12",
                         "environment:0:0", "--set:0:0"}),
             boost::test_tools::per_element());
}
BOOST_AUTO_TEST_CASE(folders_in_overrides_are_relative_to_the_current_folder) {
  auto loaded = load_with({"server.files=.", "server.max_file_bytes=64GiB"});
  BOOST_TEST(messages(loaded) == lines{});
  BOOST_TEST(loaded.value.server.files == ".");
}
BOOST_AUTO_TEST_SUITE_END()

} // namespace
