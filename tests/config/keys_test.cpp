// Mistakes in a single key.

#include "config/keys.hpp"

#include "tests/config/config_fixture.hpp"

#include <algorithm>
#include <set>

namespace {

using namespace weir;

struct row {
  std::string text;
  std::string expected;
};

/// Puts a file around keys that are tested, and its first line into line 1.
struct fixture : test::config_fixture {
  void expect_in(const std::string& header, const std::vector<row>& rows) {
    auto rest = std::string{"\n[[namespace]]\nname = \"/\"\n"};
    if (!header.starts_with("[kafka"))
      rest = "\n[kafka]\nembedded = true" + rest;
    for (auto& [text, expected] : rows)
      expect(header + "\n" + text + rest, {"weir.toml:2:" + expected});
  }

  /// Of a mapping that is otherwise right.
  void expect_in_mapping(const std::vector<row>& rows) {
    for (auto& [text, expected] : rows)
      expect("kafka.embedded = true\n[[namespace]]\n[[namespace.mapping]]\n"
             "room = \"lobby\"\ntopic = \"t\"\n"
               + text + "\n",
             {"weir.toml:6:" + expected});
  }

  void expect_in_local(const std::vector<row>& rows) {
    for (auto& [text, expected] : rows)
      expect("kafka.embedded = true\n[[namespace]]\n[[namespace.local]]\n"
             "events = [\"e\"]\nto = \"sender\"\n"
               + text + "\n",
             {"weir.toml:6:" + expected});
  }
};

BOOST_FIXTURE_TEST_SUITE(keys, fixture)

BOOST_AUTO_TEST_CASE(every_key_has_a_name_of_its_own_in_the_environment) {
  std::set<std::string> names;
  for (auto& x : config::key_paths()) {
    auto name = x.path;
    std::replace(name.begin(), name.end(), '.', '_');
    BOOST_TEST(names.insert(name).second, x.path);
  }
}

BOOST_AUTO_TEST_CASE(unknown_keys_are_reported_with_what_was_meant) {
  expect_in(
    "[server]",
    {{"lisen = \"x\"", R"(1: unknown key "lisen", did you mean "listen"?)"},
     {"headerTimeout = \"1s\"",
      R"(1: unknown key "headerTimeout", did you mean "header_timeout"?)"},
     {"cros = { origins = [] }",
      R"(1: unknown section "cros", did you mean "cors"?)"},
     {"brokers = \"a:1\"",
      R"(1: unknown key "brokers", did you mean "kafka.brokers"?)"}});
  expect_in(
    "[log]",
    {{"colour = true",
      R"(1: unknown key "colour"; possible: "level", "format", "limit_lines", "limit_interval")"}});
  expect_in_mapping(
    {{"tpoic = \"t\"", R"(1: unknown key "tpoic", did you mean "topic"?)"},
     {"\"a\\nb\" = 1",
      R"(1: unknown key "a\x0ab"; possible: "room", "topic", "key", "events", "room_from", "id_from", "trace_from", "event", "echo", "members_only", "join", "history", "format", "tombstones", "allow")"}});
}

BOOST_AUTO_TEST_CASE(unknown_sections_are_reported_with_what_was_meant) {
  expect_in(
    "",
    {{"[kafak]\nembedded = true",
      R"(2: unknown section "kafak", did you mean "kafka"?)"},
     {"[[namespaces]]",
      R"(3: unknown section "namespaces", did you mean "namespace"?)"},
     {"[[mapping]]\nroom = \"a\"",
      R"(3: unknown section "mapping", did you mean "namespace.mapping"?)"}});
}

BOOST_AUTO_TEST_CASE(designed_keys_are_told_to_be_missing_in_this_version) {
  auto rest = R"(" is not available in this version; leave it out)";
  for (const std::string key : {"allow_eio3", "compression", "cookie"})
    expect_in("[engineio]", {{key + " = true", std::to_string(key.size() + 4)
                                                 + ": \"" + key + rest}});
}

BOOST_AUTO_TEST_CASE(wrong_types_are_reported) {
  expect_in(
    "[server]",
    {{"listen = 3000",
      "10: listen: expected a string in quotes, got the integer 3000"},
     {"io_threads = \"2\"",
      R"(14: io_threads: expected a whole number, got the string "2")"},
     {"io_threads = 1.5",
      "14: io_threads: expected a whole number, got the number 1.5"},
     {"path = 2024-01-01",
      "8: path: expected a string in quotes, got a date or time"},
     {"max_header = true",
      R"(14: max_header: expected a size such as 65536, "64KiB" or "1MiB", got true)"},
     {"cors = 1", "8: cors: expected a table, written [server.cors], got the "
                  "integer 1"},
     {"cors.origins = \"https://a\"",
      R"(16: origins: expected a list such as ["https://a"], got the string "https://a")"},
     {"cors.origins = [1]",
      "17: origins: expected a string in quotes, got the integer 1"},
     {"cors.credentials = \"true\"",
      R"(20: credentials: expected true or false, got the string "true")"}});
  expect_in(
    "[log]",
    {{"level = 1",
      R"(9: level: expected a string such as "trace", got the integer 1)"}});
  expect_in("[kafka]\nembedded = true\n[kafka.properties]", {});
  expect(
    "[kafka]\nembedded = true\nproperties = { a = [1] }\n[[namespace]]\n",
    {R"(weir.toml:3:20: "a": expected a string, a number, true or false, got a list)"});
  expect("kafka = 1\n[[namespace]]\n",
         {"weir.toml:1:9: kafka: expected a table, written [kafka], got the "
          "integer 1"});
}

BOOST_AUTO_TEST_CASE(lists_of_tables_need_two_brackets) {
  expect("kafka.embedded = true\n[namespace]\nname = \"/\"\n",
         {"weir.toml:2:1: namespace: expected a list of tables, each written "
          "[[namespace]], got a table"});
  expect("kafka.embedded = true\n[[namespace]]\n[namespace.mapping]\n",
         {"weir.toml:3:1: mapping: expected a list of tables, each written "
          "[[namespace.mapping]], got a table"});
}

BOOST_AUTO_TEST_CASE(values_out_of_bounds_are_reported) {
  expect_in(
    "[server]",
    {{"io_threads = 257", "14: io_threads: 257 is out of bounds; use 0 to 256"},
     {"io_threads = -1", "14: io_threads: -1 is out of bounds; use 0 to 256"},
     {"max_connections = 0",
      "19: max_connections: 0 is out of bounds; use 1 to 10000000"},
     {"header_timeout = \"1ms\"",
      R"(18: header_timeout: "1ms" is out of bounds; use 10ms to 24h)"},
     {"drain_time = \"2h\"",
      R"(14: drain_time: "2h" is out of bounds; use 0ms to 1h)"},
     {"max_header = 12",
      "14: max_header: 12 is out of bounds; use 1KiB to 1MiB"},
     {"max_header = -1",
      "14: max_header: -1 is out of bounds; use 1KiB to 1MiB"},
     {"max_header = \"2MiB\"",
      R"(14: max_header: "2MiB" is out of bounds; use 1KiB to 1MiB)"}});
  expect_in("[limits]",
            {{"json_depth = 1001",
              "14: json_depth: 1001 is out of bounds; use 1 to 1000"}});
  expect_in(
    "[limits]",
    {{"max_lag = 1023",
      "11: max_lag: 1023 is out of bounds; use 1KiB to 64GiB"},
     {"recovery_offset = \"65KiB\"",
      R"(19: recovery_offset: "65KiB" is out of bounds; use 64B to 64KiB)"},
     {"recovery_offset = 63",
      "19: recovery_offset: 63 is out of bounds; use 64B to 64KiB"},
     {"producer_queue = 1",
      "18: producer_queue: 1 is out of bounds; use 1KiB to 64GiB"},
     {"forwarded_polls = 0",
      "19: forwarded_polls: 0 is out of bounds; use 1 to 10000000"},
     {"forwarded_bytes = 1",
      "19: forwarded_bytes: 1 is out of bounds; use 1KiB to 64GiB"},
     {"idempotency_ids = 0",
      "19: idempotency_ids: 0 is out of bounds; use 1 to 10000000"}});
  expect_in("[cluster]",
            {{"timeout = \"99ms\"",
              R"(11: timeout: "99ms" is out of bounds; use 100ms to 10m)"},
             {"timeout = \"11m\"",
              R"(11: timeout: "11m" is out of bounds; use 100ms to 10m)"}});
  expect(
    "kafka.embedded = true\ncluster.secret = \"0123456789abcdef\"\n"
    "[[namespace]]\nrecovery = \"25h\"\n",
    {R"(weir.toml:4:12: recovery: "25h" is out of bounds; use 0ms to 24h)"});
  expect_in_mapping({{"history = 10001",
                      "11: history: 10001 is out of bounds; use 0 to 10000"}});
}

BOOST_AUTO_TEST_CASE(malformed_quantities_are_reported) {
  expect_in(
    "[engineio]",
    {{"ping_interval = 25000",
      R"(17: ping_interval: expected a duration such as "250ms", "30s" or "2m", got the integer 25000; did you mean "25000ms"?)"},
     {"ping_interval = \"25 seconds\"",
      R"(17: ping_interval: expected a duration such as "250ms", "30s" or "2m", got the string "25 seconds")"},
     {"max_payload = \"1MB\"",
      R"(15: max_payload: expected a size such as 65536, "64KiB" or "1MiB", got the string "1MB")"}});
}

BOOST_AUTO_TEST_CASE(malformed_names_are_reported) {
  expect_in(
    "[server]",
    {{"listen = \"localhost:3000\"",
      R"(10: listen: "localhost:3000" is not an IP address and port; write it like "127.0.0.1:3000")"},
     {"listen = \"0.0.0.0\"",
      R"(10: listen: "0.0.0.0" is not an IP address and port; write it like "127.0.0.1:3000" or "[::1]:3000")"},
     {"path = \"/socket.io\"",
      R"(8: path: "/socket.io" must begin and end with a slash, like "/socket.io/")"},
     {"cors.origins = [\"https://a.example/\"]",
      R"(17: origins: "https://a.example/" is not an origin; write it like "https://a.example")"},
     {"cors.origins = [\"a.example\"]",
      R"(17: origins: "a.example" is not an origin; write it like "https://app.example.org", without a path)"},
     {"cors.origins = [\"http://a\", \"http://a\"]",
      R"(29: origins: "http://a" is there twice)"}});
  expect_in(
    "[kafka]",
    {{"brokers = \"localhost\"",
      R"(11: brokers: "localhost" is not a host and port; write them like "kafka1:9092,kafka2:9092")"}});
  expect_in(
    "[cluster]",
    {{"name = \"\"",
      R"(8: name: "" does not fit; use 1 to 249 letters, digits, ".", "_" and "-")"},
     {"node = \"a b\"",
      R"(8: node: "a b" does not fit; use 1 to 249 letters, digits, ".", "_" and "-")"},
     {"listen = \"localhost:7400\"",
      R"(10: listen: "localhost:7400" is not an IP address and port; write it like "127.0.0.1:7400")"},
     {"advertise = \"weir1.example\"",
      R"(13: advertise: "weir1.example" is not a host and port; write it like "weir1.example:7400")"},
     {"seeds = [\"a:7400\", \"a:0\"]",
      R"(20: seeds: "a:0" is not a host and port; write it like "weir1.example:7400")"},
     {"seeds = \"a:7400\"",
      R"(9: seeds: expected a list such as ["a:7400"], got the string "a:7400")"}});
  expect_in("[admin]",
            {{"token = \"a b\"",
              "9: token: a token has only visible ASCII characters, without "
              "spaces"}});
  expect_in_mapping(
    {{"key = \"{a\"", R"(7: key: "{a" has a "{" without a "}" after it)"}});
  expect(
    "kafka.embedded = true\n[[namespace]]\n[[namespace.mapping]]\n"
    "room = \"chat:{}\"\ntopic = \"a/b\"\n",
    {R"(weir.toml:4:8: room: "chat:{}" has a capture without a name; write it like "{id}")",
     R"(weir.toml:5:9: topic: "a/b" is not a topic's name; use 1 to 249 letters, digits, ".", "_" and "-")"});
}

BOOST_AUTO_TEST_CASE(secrets_are_not_shown) {
  expect_in(
    "[cluster]",
    {{"secret = \"0123456789abcde\"",
      R"(10: secret: a secret has at least 16 characters; "openssl rand -base64 24" makes one)"},
     {"secret = 1234567890123456", "10: secret: expected a string in quotes"}});
  expect_in("[admin]", {{"token = 1234567890123456",
                         "9: token: expected a string in quotes"}});
}

BOOST_AUTO_TEST_CASE(unknown_choices_are_reported_with_what_was_meant) {
  expect_in("[log]",
            {{"level = \"debgu\"",
              R"(9: level: unknown value "debgu", did you mean "debug"?)"},
             {"format = \"xml\"",
              R"(10: format: unknown value "xml"; possible: "text", "json")"}});
  expect_in(
    "[engineio]",
    {{"transports = [\"websockets\"]",
      R"(15: transports: unknown value "websockets", did you mean "websocket"?)"}});
  expect_in("[limits]",
            {{"on_lag = \"skpi\"",
              R"(10: on_lag: unknown value "skpi", did you mean "skip"?)"}});
  expect_in_local({{"ack = \"ehco\"",
                    R"(7: ack: unknown value "ehco", did you mean "echo"?)"}});
  expect(
    "kafka.embedded = true\n[[namespace]]\n"
    "on_connect = { event = \"auth\", args = \"query\" }\n",
    {R"(weir.toml:3:39: args: unknown value "query"; possible: "handshake")"});
}

BOOST_AUTO_TEST_CASE(designed_choices_are_told_to_be_missing_in_this_version) {
  expect_in_mapping(
    {{"join = \"server\"",
      R"(8: join: "server" is not available in this version; possible: "client", "auto", "claim:/rooms")"},
     {"join = \"claim:rooms\"",
      R"(8: join: unknown value "claim:rooms", did you mean "claim:/rooms"?)"},
     {"format = \"protobuf:a.B\"",
      R"(10: format: "protobuf:a.B" is not available in this version; possible: "json", "args", "raw", "envelope")"},
     {"tombstones = \"ignore\"",
      R"(14: tombstones: unknown value "ignore"; possible: "event", "skip")"}});
}

BOOST_AUTO_TEST_CASE(reserved_event_names_are_refused_everywhere) {
  for (const std::string name :
       {"connect", "connect_error", "disconnect", "disconnecting",
        "newListener", "removeListener"}) {
    auto rest = "\"" + name
                + "\" is reserved by Socket.IO; choose another name";
    expect_in_mapping({{"events = [\"" + name + "\"]", "11: events: " + rest},
                       {"event = \"" + name + "\"", "9: event: " + rest}});
    expect_in_local({{"as = \"" + name + "\"", "6: as: " + rest}});
    expect("kafka.embedded = true\n[[namespace]]\njoin_event = \"" + name
             + "\"\nleave_event = \"" + name + "\"\non_connect = { event = \""
             + name + "\" }\n[[namespace.local]]\nto = \"sender\"\nevents = [\""
             + name + "\"]\n",
           {"weir.toml:3:14: join_event: " + rest,
            "weir.toml:4:15: leave_event: " + rest,
            "weir.toml:5:24: event: " + rest,
            "weir.toml:8:11: events: " + rest});
  }
}

BOOST_AUTO_TEST_CASE(event_names_have_a_limit) {
  auto name = std::string(256, 'x');
  expect_in_mapping({{"events = [\"" + name + "\"]",
                      "11: events: an event's name has at most 255 bytes"}});
}

BOOST_AUTO_TEST_CASE(weirs_own_event_names_are_refused) {
  expect_in_mapping(
    {{"events = [\"weir:gap\"]",
      R"(11: events: "weir:gap" is reserved, as all names beginning with "weir:" are; choose another name)"},
     {"event = \"weir:x\"",
      R"(9: event: "weir:x" is reserved, as all names beginning with "weir:" are; choose another name)"},
     {"events = [\"\"]", "11: events: an event's name must not be empty"},
     {"events = [\"a\", \"b\", \"a\"]", R"(21: events: "a" is there twice)"}});
}

BOOST_AUTO_TEST_CASE(namespaces_begin_with_a_slash) {
  expect("kafka.embedded = true\n[[namespace]]\nname = \"chat\"\n",
         {R"(weir.toml:3:8: name: "chat" must begin with "/"; write "/chat")"});
  expect(
    "kafka.embedded = true\n[[namespace]]\nname = \"/a,b\"\n",
    {R"(weir.toml:3:8: name: "/a,b" must hold neither "," nor "?": they end a namespace in a packet)"});
}

BOOST_AUTO_TEST_CASE(id_from_is_a_json_pointer_into_the_arguments) {
  expect_in_mapping(
    {{"id_from = \"id\"",
      R"(11: id_from: "id" is not a JSON pointer into the arguments; "/0/room" is the member room of the first one, "/1" the second one)"}});
}

BOOST_AUTO_TEST_CASE(room_from_is_a_json_pointer_into_the_arguments) {
  for (const std::string text :
       {"/0", "/0/room", "/10/a/b", "/1/a~0b~1c", "/0/"})
    expect("kafka.embedded = true\n[[namespace]]\n[[namespace.mapping]]\n"
           "room = \"a\"\ntopic = \"t\"\nevents = [\"e\"]\nroom_from = \""
             + text + "\"\n",
           {});
  for (const std::string text :
       {"room", "/", "/room", "0", "/01", "/-1", "/0/a~", "/0/a~2", "0/room"})
    expect_in_mapping(
      {{"room_from = \"" + text + "\"",
        "13: room_from: \"" + text
          + R"(" is not a JSON pointer into the arguments; "/0/room" is the member room of the first one, "/1" the second one)"}});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
