#include "config/load.hpp"

#include "tests/config/config_fixture.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir;
using test::lines;
using test::minimal;

BOOST_FIXTURE_TEST_SUITE(load, test::config_fixture)

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
transports = ["polling"]
[kafka]
brokers = "a:1,b:2"
[kafka.properties]
"session.timeout.ms" = 6000
"security.protocol" = "SSL"
"socket.keepalive.enable" = true
retries.factor = 1.5
[cluster]
secret = "0123456789abcdef"
listen = "127.0.0.1:7400"
advertise = "weir1.example:7400"
seeds = ["weir2.example:7400", "[::1]:7400"]
timeout = "250ms"
[limits]
max_lag = "1MiB"
on_lag = "skip"
recovery_offset = 100
producer_queue = "2MiB"
forwarded_polls = 8
forwarded_bytes = "3MiB"
recent_sockets = 9
idempotency_ids = 7
[log]
level = "debug"
format = "json"
[[namespace]]
name = "/chat"
recovery = "2m"
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
  events = ["note"]
  id_from = "/0/id"
  join = "auto"
  [[namespace.local]]
  events = ["ping me"]
  to = "sender"
  as = "pinged"
  ack = "echo"
)");
  BOOST_TEST_REQUIRE(messages(loaded) == lines{});
  auto& x = loaded.value;
  BOOST_TEST(x.server.listen == "[::1]:80");
  BOOST_TEST(x.server.io_threads == 2u);
  BOOST_TEST((x.server.header_timeout == 250ms));
  BOOST_TEST(x.server.max_header == 8192u);
  BOOST_TEST(x.server.cors.origins
             == (lines{"https://a.example", "http://b.example:8080"}));
  BOOST_TEST(x.server.cors.credentials);
  BOOST_TEST(x.engineio.max_payload == 65536u);
  BOOST_TEST(x.engineio.transports == lines{"polling"});
  BOOST_TEST(x.kafka.brokers == "a:1,b:2");
  BOOST_TEST(
    (x.kafka.properties
     == std::map<std::string, std::string>{{"session.timeout.ms", "6000"},
                                           {"security.protocol", "SSL"},
                                           {"socket.keepalive.enable", "true"},
                                           {"retries.factor", "1.5"}}));
  BOOST_TEST(x.cluster.secret == "0123456789abcdef");
  BOOST_TEST(x.cluster.listen == "127.0.0.1:7400");
  BOOST_TEST(x.cluster.advertise == "weir1.example:7400");
  BOOST_TEST(x.cluster.seeds == (lines{"weir2.example:7400", "[::1]:7400"}));
  BOOST_TEST((x.cluster.timeout == 250ms));
  BOOST_TEST(x.limits.max_lag == 1'048'576u);
  BOOST_TEST((x.limits.on_lag == lag_policy::skip));
  BOOST_TEST(x.limits.recovery_offset == 100u);
  BOOST_TEST(x.limits.producer_queue == 2'097'152u);
  BOOST_TEST(x.limits.forwarded_polls == 8u);
  BOOST_TEST(x.limits.forwarded_bytes == 3'145'728u);
  BOOST_TEST(x.limits.recent_sockets == 9u);
  BOOST_TEST(x.limits.idempotency_ids == 7u);
  BOOST_TEST((x.log.level == log_level::debug));
  BOOST_TEST((x.log.format == log_format::json));
  BOOST_TEST_REQUIRE(x.namespaces.size() == 1u);
  auto& nsp = x.namespaces[0];
  BOOST_TEST(nsp.name == "/chat");
  BOOST_TEST((nsp.recovery == 2min));
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
                       .line = 40};
  BOOST_TEST((nsp.mappings[0] == chat));
  BOOST_TEST(nsp.mappings[1].id_from == "/0/id");
  BOOST_TEST((nsp.mappings[1].join == join_policy::automatic));
  BOOST_TEST_REQUIRE(nsp.locals.size() == 1u);
  BOOST_TEST(
    (nsp.locals[0]
     == local_options{
       {"ping me"}, local_target::sender, {}, "pinged", local_ack::echo, 56}));
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

BOOST_AUTO_TEST_CASE(certificates_are_relative_to_the_file) {
  for (auto name : {"node.pem", "node.key", "ca.pem"})
    std::ofstream{folder / name} << "...";
  auto loaded
    = load("[cluster]\nlisten = \"127.0.0.1:0\"\n[cluster.tls]\ncertificate = "
           "\"node.pem\"\n"
           "key = \"./node.key\"\nca = \""
           + (folder / "ca.pem").string() + "\"\n" + minimal);
  BOOST_TEST(messages(loaded) == lines{});
  auto& tls = loaded.value.cluster.tls;
  BOOST_TEST(tls.certificate == (folder / "node.pem").string());
  BOOST_TEST(tls.key == (folder / "node.key").string());
  BOOST_TEST(tls.ca == (folder / "ca.pem").string());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
