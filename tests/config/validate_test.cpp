// Mistakes that are in no single key.

#include "config/validate.hpp"

#include "tests/config/config_fixture.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace {

using namespace weir;
using test::lines;

struct fixture : test::config_fixture {
  /// `text` begins at line 3, within a namespace.
  void expect_in_namespace(const std::string& text, const lines& expected) {
    expect("kafka.embedded = true\n[[namespace]]\n" + text, expected);
  }

  /// `text` begins at line 6, within a mapping of this room.
  void expect_in_mapping(const std::string& room, const std::string& text,
                         const lines& expected) {
    expect_in_namespace("[[namespace.mapping]]\nroom = \"" + room
                          + "\"\ntopic = \"t\"\n" + text,
                        expected);
  }

  /// Two mappings; the first one's keys are in lines 4 to 7, the other's in
  /// lines 9 to 12.
  void expect_of_two(const std::string& first, const std::string& second,
                     const lines& expected) {
    expect_in_namespace("[[namespace.mapping]]\ntopic = \"t\"\n" + first
                          + "[[namespace.mapping]]\ntopic = \"u\"\n" + second,
                        expected);
  }
};

BOOST_FIXTURE_TEST_SUITE(validate, fixture)

BOOST_AUTO_TEST_CASE(an_empty_file_lacks_kafka_and_namespaces) {
  expect("",
         {"weir.toml: no Kafka to connect to; in [kafka] set brokers = "
          "\"localhost:9092\", or embedded = true to try Weir without one",
          R"(weir.toml: nothing to serve: there is no [[namespace]]; begin with

[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat"
  topic = "chat.messages")"});
}

BOOST_AUTO_TEST_CASE(the_example_for_an_empty_file_is_right) {
  expect("kafka.embedded = true\n[[namespace]]\nname = \"/\"\n"
         "  [[namespace.mapping]]\n  room = \"chat\"\n"
         "  topic = \"chat.messages\"\n",
         {});
}

BOOST_AUTO_TEST_CASE(brokers_are_required_unless_embedded) {
  expect("[kafka]\ngroup = \"g\"\n[[namespace]]\n",
         {"weir.toml:1:1: no Kafka to connect to; in [kafka] set brokers = "
          "\"localhost:9092\", or embedded = true to try Weir without one"});
  expect("[kafka]\nembedded = true\nbrokers = \"a:1\"\n[[namespace]]\n",
         {"weir.toml:3:11: brokers: not together with embedded = true; set "
          "embedded = false, or leave brokers out"});
}

BOOST_AUTO_TEST_CASE(a_misspelled_key_is_not_also_missing) {
  expect("[kafka]\nbroker = \"a:1\"\n[[namespace]]\n",
         {R"(weir.toml:2:1: unknown key "broker", did you mean "brokers"?)"});
  expect_in_namespace(
    "[[namespace.mapping]]\nrom = \"a\"\ntopic = \"t\"\n",
    {R"(weir.toml:4:1: unknown key "rom", did you mean "room"?)"});
}

BOOST_AUTO_TEST_CASE(properties_that_weir_sets_are_refused) {
  expect(
    "[kafka]\nembedded = true\n[kafka.properties]\n\"group.id\" = \"g\"\n"
    "[kafka.producer]\nacks = 1\n[[namespace]]\n",
    {R"(weir.toml:4:14: "group.id" is set by Weir: use group in [kafka])",
     R"(weir.toml:6:8: "acks" is set by Weir: an acked emit is in Kafka only with acks=all)"});
}

BOOST_AUTO_TEST_CASE(any_origin_is_not_allowed_with_credentials) {
  expect(
    "[server.cors]\norigins = [\"*\"]\ncredentials = true\n"
    "[kafka]\nembedded = true\n[[namespace]]\n",
    {R"(weir.toml:3:15: credentials: not together with origins = ["*"]; list the origins)"});
}

BOOST_AUTO_TEST_CASE(folders_must_exist) {
  expect(
    "[server]\nfiles = \"missing\"\n[kafka]\nembedded = true\n"
    "[[namespace]]\n",
    {R"(weir.toml:2:9: files: "missing" is not a folder; relative ones start at the configuration's own)"});
}

BOOST_AUTO_TEST_CASE(folders_must_fit) {
  auto folder = std::filesystem::temp_directory_path()
                / ("weir-folder-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "sub");
  std::ofstream{folder / "sub" / "a.txt"} << std::string(2000, 'x');
  auto name = folder.string();
  expect("[server]\nmax_file_bytes = \"1KiB\"\nfiles = \"" + name
           + "\"\n[kafka]\nembedded = true\n[[namespace]]\n",
         {"weir.toml:3:9: files: \"" + name
          + "\" has 2000 bytes of files, more than max_file_bytes; serve a "
            "folder of less, or raise it"});
  std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(the_echo_has_a_path_of_its_own) {
  const std::string rest = "[kafka]\nembedded = true\n[[namespace]]\n";
  expect("[server]\necho_path = \"/engine.io/\"\n" + rest, {});
  for (std::string path : {"/", "/socket.io/", "/socket.io/echo/"})
    expect("[server]\necho_path = \"" + path + "\"\n" + rest,
           {"weir.toml:2:13: echo_path: \"" + path
            + "\" and path, \"/socket.io/\", must not lie within each other"});
  expect("[server]\necho_path = \"/echo\"\n" + rest,
         {"weir.toml:2:13: echo_path: \"/echo\" must begin and end with a "
          "slash, like \"/socket.io/\""});
}

BOOST_AUTO_TEST_CASE(an_open_admin_endpoint_needs_a_token) {
  const std::string rest = "[kafka]\nembedded = true\n[[namespace]]\n";
  expect(
    "[admin]\nlisten = \"0.0.0.0:9300\"\n" + rest,
    {R"(weir.toml:2:10: listen: "0.0.0.0:9300" can be reached from other machines; set a token in [admin], or listen at "127.0.0.1:9300")"});
  expect("[admin]\nlisten = \"0.0.0.0:9300\"\ntoken = \"t\"\n" + rest, {});
  expect("[admin]\nlisten = \"[::1]:9300\"\n" + rest, {});
  expect(
    "[admin]\nlisten = \"127.0.0.1:3000\"\n" + rest,
    {R"(weir.toml:2:10: listen: "127.0.0.1:3000" is also where [server] listens; choose another port)"});
  expect("[admin]\nlisten = \"127.0.0.1:0\"\n[server]\nlisten = "
         "\"127.0.0.1:0\"\n"
           + rest,
         {});
}

BOOST_AUTO_TEST_CASE(clients_need_a_transport) {
  expect(
    "[engineio]\ntransports = []\n[kafka]\nembedded = true\n"
    "[[namespace]]\n",
    {R"(weir.toml:2:14: transports: clients need at least one of "polling", "websocket")"});
}

BOOST_AUTO_TEST_CASE(a_namespace_is_there_once) {
  expect_in_namespace(
    "name = \"/a\"\n[[namespace]]\n[[namespace]]\nname = \"/a\"\n",
    {R"(weir.toml:6:8: name: "/a" is the namespace of line 2 too; put its mappings there)"});
}

BOOST_AUTO_TEST_CASE(join_and_leave_events_differ) {
  expect_in_namespace(
    "leave_event = \"join\"\n",
    {R"(weir.toml:3:15: leave_event: "join" is the join_event too; choose two names)"});
}

BOOST_AUTO_TEST_CASE(on_connect_needs_an_event) {
  expect_in_namespace("on_connect = {}\n",
                      {"weir.toml:3:14: on_connect needs an event, such as { "
                       "event = \"auth\" }"});
}

BOOST_AUTO_TEST_CASE(a_mapping_needs_a_room_and_a_topic) {
  expect_in_namespace(
    "[[namespace.mapping]]\n",
    {"weir.toml:3:1: [[namespace.mapping]] needs a room, such as room = "
     "\"chat:{id}\"",
     "weir.toml:3:1: [[namespace.mapping]] needs a topic, such as topic = "
     "\"chat.messages\""});
}

BOOST_AUTO_TEST_CASE(some_room_of_a_mapping_has_a_name_that_fits) {
  auto text = [](const std::string& room) {
    return "[[namespace.mapping]]\nroom = \"" + room + "\"\ntopic = \"t\"\n";
  };
  expect_in_namespace(text(std::string(254, 'x') + "{id}"), {});
  expect_in_namespace(
    text(std::string(255, 'x') + "{id}"),
    {"weir.toml:4:8: room: every such room's name is longer than "
     "limits.room_name, 255 bytes; shorten it, or raise the limit"});
}

BOOST_AUTO_TEST_CASE(patterns_of_a_namespace_do_not_overlap) {
  expect_of_two(
    "room = \"chat:{id}\"\n", "room = \"chat:{id}:{lang}\"\n",
    {R"(weir.toml:8:8: room: "chat:{id}:{lang}" overlaps "chat:{id}" of line 5: some room matches both; begin them with different words)"});
  expect_of_two("room = \"chat:{id}\"\n", "room = \"news:{id}\"\n", {});
}

BOOST_AUTO_TEST_CASE(patterns_of_different_namespaces_may_overlap) {
  expect_in_namespace("[[namespace.mapping]]\nroom = \"a\"\ntopic = \"t\"\n"
                      "[[namespace]]\nname = \"/b\"\n"
                      "[[namespace.mapping]]\nroom = \"a\"\ntopic = \"t\"\n",
                      {});
}

BOOST_AUTO_TEST_CASE(an_event_of_several_mappings_names_its_room_in_each) {
  expect_of_two(
    "room = \"a:{id}\"\nevents = [\"e\"]\nroom_from = \"/0/room\"\n",
    "room = \"b\"\nevents = [\"e\"]\nroom_from = \"/0/room\"\n", {});
  auto message = std::string{
    R"("e" is also mapped in line 6; an event of several mappings needs the same room_from in each, to tell the rooms apart)"};
  expect_of_two("room = \"a\"\nevents = [\"e\"]\n",
                "room = \"b\"\nevents = [\"e\"]\n",
                {"weir.toml:10:11: events: " + message});
  expect_of_two("room = \"a\"\nevents = [\"e\"]\n",
                "room = \"b\"\nevents = [\"e\"]\nroom_from = \"/0\"\n",
                {"weir.toml:10:11: events: " + message});
  expect_of_two("room = \"a\"\nevents = [\"e\"]\nroom_from = \"/1\"\n",
                "room = \"b\"\nevents = [\"f\", \"e\"]\nroom_from = \"/0\"\n",
                {"weir.toml:11:16: events: " + message});
}

BOOST_AUTO_TEST_CASE(join_and_leave_events_are_not_mapped) {
  expect_in_mapping(
    "a", "events = [\"join\", \"leave\"]\n",
    {R"(weir.toml:6:11: events: "join" is how clients join rooms; choose another name, or another join_event)",
     R"(weir.toml:6:19: events: "leave" is how clients leave rooms; choose another name, or another leave_event)"});
  expect_in_namespace(
    "join_event = \"enter\"\n[[namespace.local]]\nto = \"sender\"\n"
    "events = [\"join\", \"enter\"]\n",
    {R"(weir.toml:6:19: events: "enter" is how clients join rooms; choose another name, or another join_event)"});
}

BOOST_AUTO_TEST_CASE(a_local_event_is_not_mapped_nor_local_twice) {
  expect_in_mapping(
    "a",
    "events = [\"e\"]\n"
    "[[namespace.local]]\nto = \"sender\"\nevents = [\"e\"]\n"
    "[[namespace.local]]\nto = \"sender\"\nevents = [\"f\"]\n"
    "[[namespace.local]]\nto = \"sender\"\nevents = [\"f\"]\n",
    {R"(weir.toml:9:11: events: "e" is the event of line 6 too; a local event never reaches Kafka and has one answer, so drop one of the two)",
     R"(weir.toml:15:11: events: "f" is the event of line 12 too; a local event never reaches Kafka and has one answer, so drop one of the two)"});
}

BOOST_AUTO_TEST_CASE(a_key_uses_the_rooms_captures_and_all_of_them) {
  expect_in_mapping("chat:{id}", "key = \"k-{id}\"\n", {});
  expect_in_mapping("lobby", "key = \"other\"\n", {});
  expect_in_mapping(
    "chat:{id}", "key = \"{room}\"\n",
    {R"(weir.toml:6:7: key: "{room}" has a name in braces that the room "chat:{id}" does not have; use every name in braces of "chat:{id}", or leave key out)"});
  expect_in_mapping(
    "lobby", "key = \"{id}\"\n",
    {R"(weir.toml:6:7: key: "{id}" has a name in braces that the room "lobby" does not have; leave key out)"});
  expect_in_mapping(
    "chat:{id}:{lang}", "key = \"{id}\"\n",
    {R"(weir.toml:6:7: key: "{id}" does not use "{lang}", so two rooms would share a key; use every name in braces of "chat:{id}:{lang}", or leave key out)"});
  expect_in_mapping(
    "chat:{id}:{lang}", "key = \"{id}.{lang}\"\n",
    {R"(weir.toml:6:7: key: "{id}.{lang}" could be the key of two rooms; keep the order and the characters between the names as they are in "chat:{id}:{lang}")"});
}

BOOST_AUTO_TEST_CASE(rooms_of_one_topic_do_not_share_a_key) {
  auto expect_keys = [this](const std::string& first, const std::string& second,
                            const lines& expected) {
    expect_in_namespace("[[namespace.mapping]]\n" + first
                          + "\n[[namespace.mapping]]\n" + second + "\n",
                        expected);
  };
  auto message = [](const std::string& room) {
    return "some key is also that of a room \"" + room
           + "\" of line 4 in the same topic, so each would get the other's "
             "events; choose keys that differ, or another topic";
  };
  expect_keys("room = \"a:{id}\"\ntopic = \"t\"\nkey = \"{id}\"",
              "room = \"b:{id}\"\ntopic = \"t\"\nkey = \"{id}\"",
              {"weir.toml:10:7: key: " + message("a:{id}")});
  expect_keys("room = \"a:{id}\"\ntopic = \"t\"\nkey = \"x{id}\"",
              "room = \"b:{id}\"\ntopic = \"t\"\nkey = \"{id}y\"",
              {"weir.toml:10:7: key: " + message("a:{id}")});
  expect_keys("room = \"a\"\ntopic = \"t\"\nkey = \"k\"",
              "room = \"b\"\ntopic = \"t\"\nkey = \"k\"",
              {"weir.toml:10:7: key: " + message("a")});
  expect_keys("room = \"a:{id}\"\ntopic = \"t\"\nkey = \"{id}\"",
              "room = \"lobby\"\ntopic = \"t\"\n",
              {"weir.toml:8:8: room: " + message("a:{id}")});
}

BOOST_AUTO_TEST_CASE(rooms_may_have_the_same_keys_where_nothing_is_mixed_up) {
  auto two = [](const std::string& a, const std::string& b) {
    return "[[namespace.mapping]]\nroom = \"a:{id}\"\n" + a
           + "\n[[namespace.mapping]]\nroom = \"b:{id}\"\n" + b + "\n";
  };
  expect_in_namespace(
    two("topic = \"t\"\nkey = \"{id}\"", "topic = \"u\"\nkey = \"{id}\""), {});
  expect_in_namespace(two("topic = \"t\"\nkey = \"a{id}\"",
                          "topic = \"t\"\nkey = \"b{id}\""),
                      {});
  expect_in_namespace(two("topic = \"t\"", "topic = \"t\""), {});
  expect_in_namespace(
    "[[namespace.mapping]]\nroom = \"a:{id}\"\ntopic = \"t\"\nkey = "
    "\"{id}\"\n[[namespace]]\nname = \"/b\"\n[[namespace.mapping]]\nroom = "
    "\"b:{id}\"\ntopic = \"t\"\nkey = \"{id}\"\n",
    {});
}

BOOST_AUTO_TEST_CASE(an_event_into_a_pattern_needs_room_from) {
  expect_in_mapping(
    "chat:{id}", "events = [\"e\"]\n",
    {R"(weir.toml:3:1: room_from is missing: clients emit into "chat:{id}", so say where an event names its room, such as room_from = "/0/room")"});
  expect_in_mapping("chat:{id}", "", {});
  expect_in_mapping("lobby", "events = [\"e\"]\n", {});
}

BOOST_AUTO_TEST_CASE(a_raw_event_has_no_place_for_an_id) {
  expect_in_mapping("a", "id_from = \"/0\"\nevents = [\"e\"]\n", {});
  expect_in_mapping(
    "a", "id_from = \"/0\"\nevents = [\"e\"]\nformat = \"raw\"\n",
    {R"(weir.toml:6:11: id_from: an event of format = "raw" has one binary argument and no place for an id; leave it out, or use another format)"});
}

BOOST_AUTO_TEST_CASE(a_raw_event_has_no_place_for_a_trace) {
  expect_in_mapping("a", "trace_from = \"/0\"\nevents = [\"e\"]\n", {});
  expect_in_mapping(
    "a", "trace_from = \"/0\"\nevents = [\"e\"]\nformat = \"raw\"\n",
    {R"(weir.toml:6:14: trace_from: an event of format = "raw" has one binary argument and no place for a trace; leave it out, or use another format)"});
}

BOOST_AUTO_TEST_CASE(recovery_needs_a_secret) {
  const std::string recovery = "[[namespace]]\nrecovery = \"2m\"\n";
  const std::string missing
    = "recovery: clients hand back signed positions, so set a secret in "
      "[cluster], the same on every node";
  expect("kafka.embedded = true\n" + recovery, {"weir.toml:3:12: " + missing});
  expect("kafka.embedded = true\ncluster.secret = \"\"\n" + recovery,
         {"weir.toml:4:12: " + missing});
  expect("kafka.embedded = true\ncluster.secret = \"0123456789abcdef\"\n"
           + recovery,
         {});
  expect("kafka.embedded = true\n[[namespace]]\nrecovery = \"0s\"\n", {});
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_wrong_is_not_also_missing) {
  const std::string recovery = "[[namespace]]\nrecovery = \"2m\"\n";
  expect(
    "kafka.embedded = true\ncluster.secret = \"short\"\n" + recovery,
    {R"(weir.toml:2:18: secret: a secret has at least 16 characters; "openssl rand -base64 24" makes one)"});
  expect("kafka.embedded = true\ncluster.sceret = \"0123456789abcdef\"\n"
           + recovery,
         {R"(weir.toml:2:9: unknown key "sceret", did you mean "secret"?)"});
}

BOOST_AUTO_TEST_CASE(joining_automatically_needs_one_room) {
  expect_in_mapping("lobby", "join = \"auto\"\n", {});
  expect_in_mapping(
    "chat:{id}", "join = \"auto\"\n",
    {R"(weir.toml:6:8: join: "auto" needs a room without captures, unlike "chat:{id}"; use "client", or name one room)"});
}

BOOST_AUTO_TEST_CASE(a_local_event_needs_what_it_does) {
  expect_in_namespace("[[namespace.local]]\nto = \"sender\"\n",
                      {"weir.toml:3:1: [[namespace.local]] needs events, such "
                       "as events = [\"typing\"]"});
  expect_in_namespace(
    "[[namespace.mapping]]\nroom = \"a\"\ntopic = \"t\"\n"
    "[[namespace.local]]\nevents = [\"e\"]\n",
    {R"(weir.toml:6:1: room_from is missing: to = "room" needs to know where the event names its room, such as room_from = "/0/room")"});
  expect_in_namespace(
    "[[namespace.local]]\nevents = [\"e\"]\nto = \"sender\"\n"
    "room_from = \"/0\"\n",
    {R"(weir.toml:6:13: room_from: only of use with to = "room"; leave it out)"});
  expect_in_namespace(
    "[[namespace.local]]\nevents = [\"e\"]\nto = \"none\"\n",
    {R"(weir.toml:5:6: to: "none" without an ack does nothing; add ack = "echo")"});
  expect_in_namespace(
    "[[namespace.local]]\nevents = [\"e\"]\nto = \"room\"\n"
    "room_from = \"/0\"\n",
    {R"(weir.toml:3:1: this namespace has no rooms to send to; add a [[namespace.mapping]], or use to = "sender")"});
}

BOOST_AUTO_TEST_CASE(checks_across_keys_see_overrides) {
  write("[kafka]\nembedded = true\n[[namespace]]\n");
  auto loaded = load_config({file(), {}, {"kafka.brokers=a:1"}});
  BOOST_TEST(messages(loaded)
             == lines{"--set: kafka.brokers: not together with embedded = "
                      "true; set embedded = false, or leave brokers out"});
  loaded
    = load_config({file(), {}, {"kafka.brokers=a:1", "kafka.embedded=false"}});
  BOOST_TEST(messages(loaded) == lines{});
}

// A browser's Origin is compared as it is; whatever it never sends is refused.
BOOST_AUTO_TEST_CASE(origins_that_match_none_are_refused) {
  const std::pair<std::string, std::string> wrong[] = {
    {"https://App.Example.org", "https://app.example.org"},
    {"HTTPS://app.example.org", "https://app.example.org"},
    {"https://app.example.org:443", "https://app.example.org"},
    {"http://app.example.org:80/", "http://app.example.org"},
    {"https://app.example.org/chat", "https://app.example.org"},
    {"https://app.example.org?x", "https://app.example.org"},
    {"https://app.example.org/#x", "https://app.example.org"},
    {"https://me:pw@app.example.org", "https://app.example.org"},
    {"http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080"},
    {"https://*.example.org", "https://app.example.org\", without a path"},
    {"https://bücher.example", "https://app.example.org\", without a path"},
    {"https://app.example.org:0", "https://app.example.org\", without a path"},
    {"https://app.example.org:", "https://app.example.org\", without a path"},
    {"https://a b.example", "https://app.example.org\", without a path"},
    {"https://", "https://app.example.org\", without a path"},
    {"//app.example.org", "https://app.example.org\", without a path"},
    {"null", "https://app.example.org\", without a path"},
  };
  for (auto& [text, suggestion] : wrong) {
    auto loaded = load("kafka.embedded = true\nserver.cors.origins = [\"" + text
                       + "\"]\n[[namespace]]\n");
    BOOST_TEST_REQUIRE(loaded.errors.size() == 1u, text);
    BOOST_TEST(loaded.errors[0].message.find("write it like \"" + suggestion)
                 != std::string::npos,
               loaded.errors[0].message);
  }
  for (const std::string text :
       {"https://app.example.org", "http://localhost:3000", "http://127.0.0.1",
        "http://[::1]:8080", "capacitor://localhost", "http://a:443",
        "chrome-extension://abcdefgh", "https://xn--bcher-kva.example"})
    expect("kafka.embedded = true\nserver.cors.origins = [\"" + text
             + "\"]\n[[namespace]]\n",
           {});
}

BOOST_AUTO_TEST_CASE(values_that_can_have_no_effect_are_refused) {
  expect("[server.cors]\ncredentials = true\n[kafka]\nembedded = true\n"
         "[[namespace]]\n",
         {"weir.toml:2:15: credentials: does nothing without origins; list "
          "them, or leave it out"});
}

BOOST_AUTO_TEST_CASE(namespaces_that_nobody_can_ask_for_are_refused) {
  for (const std::string& name :
       {"/" + std::string(256, 'x'), std::string{"/a\\u0007"},
        std::string{"/a,b"}, std::string{"/a?b"}, std::string{"a"}}) {
    auto loaded
      = load("kafka.embedded = true\n[[namespace]]\nname = \"" + name + "\"\n");
    BOOST_TEST_REQUIRE(loaded.errors.size() == 1u, name);
    BOOST_TEST(loaded.errors[0].line == 3u);
  }
  expect("kafka.embedded = true\n[[namespace]]\nname = \"/"
           + std::string(255, 'x') + "\"\n",
         {});
}

BOOST_AUTO_TEST_CASE(ports_are_not_shared_by_overlapping_addresses) {
  for (const std::string address : {"127.0.0.1", "0.0.0.0", "[::]"}) {
    auto loaded = load("kafka.embedded = true\n[[namespace]]\n[server]\nlisten "
                       "= \"0.0.0.0:9300\"\n[admin]\ntoken = \"t\"\nlisten = \""
                       + address + ":9300\"\n");
    BOOST_TEST_REQUIRE(loaded.errors.size() == 1u, address);
    BOOST_TEST(loaded.errors[0].line == 7u);
  }
  expect("kafka.embedded = true\n[[namespace]]\n[server]\nlisten = "
         "\"127.0.0.1:9300\"\n[admin]\nlisten = \"127.0.0.2:9300\"\n",
         {});
}

BOOST_AUTO_TEST_CASE(text_that_is_no_utf8_is_refused) {
  write("kafka.embedded = true\n[[namespace]]\n");
  auto loaded
    = load_config({file(), {}, {"cluster.name=\xff", "server.path=/\xff/"}});
  BOOST_TEST(loaded.errors.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
