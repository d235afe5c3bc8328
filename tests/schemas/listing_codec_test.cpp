#include "schemas/listing_codec.hpp" // unit under test

#include <boost/test/unit_test.hpp>

using namespace weir::schemas;

namespace {

using texts = std::vector<std::string>;

std::string json(listing what, const std::vector<listing_part>& parts,
                 texts silent = {}, std::size_t limit = 100) {
  return join_parts(what, parts, std::move(silent), limit).json;
}

bool has(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

room_status room(std::string name, std::uint32_t members = 1) {
  room_status result;
  result.nsp = "/";
  result.name = std::move(name);
  result.members = members;
  return result;
}

connection_status connection(std::string id) {
  connection_status result;
  result.id = std::move(id);
  return result;
}

/// The values of this field, in their order.
texts values_of(const std::string& json, const std::string& field) {
  texts result;
  const auto begin = "\"" + field + "\":\"";
  for (auto i = json.find(begin); i != std::string::npos;
       i = json.find(begin, i + 1)) {
    auto from = i + begin.size();
    result.push_back(json.substr(from, json.find('"', from) - from));
  }
  return result;
}

hot_status hot(std::string kind, std::string name, std::uint64_t count) {
  hot_status result;
  result.kind = kind;
  (kind == "room" ? result.room : result.key) = std::move(name);
  result.count = count;
  result.error = 1;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(listing_codec)

BOOST_AUTO_TEST_CASE(actors_are_listed_by_type_and_node) {
  const auto of = [](std::uint32_t n) {
    return to_bytes(
      std::vector<actor_status>{{"room", n, 2, 17, 9, 5, 6, 7, 8}});
  };
  BOOST_TEST(json(listing::actors, {{"b", of(4)}, {"a", of(3)}})
             == R"({"actors":[{"type":"room","count":3,"mailbox":2,)"
                R"("processed":"17","node":"a","mailbox_max":9,"busy_ms":"5",)"
                R"("credit_held":"6","credit_owed":"7","restarts":"8"},)"
                R"({"type":"room","count":4,"mailbox":2,"processed":"17",)"
                R"("node":"b","mailbox_max":9,"busy_ms":"5",)"
                R"("credit_held":"6","credit_owed":"7","restarts":"8"}],)"
                R"("partial":false,"silent_nodes":[],"busiest":[]})");
}

BOOST_AUTO_TEST_CASE(metrics_are_listed_by_name_and_node) {
  const auto of = [](double value) {
    return to_bytes(std::vector<metric_value>{
      {"weir_emits_total", {{"code", "ok"}}, value}, {"weir_a", {}, 0.5}});
  };
  BOOST_TEST(
    json(listing::metrics, {{"b", of(4)}, {"a", of(3)}}, {"c"})
    == R"({"metrics":[{"name":"weir_a","labels":{},"value":0.5,"node":"a"},)"
       R"({"name":"weir_a","labels":{},"value":0.5,"node":"b"},)"
       R"({"name":"weir_emits_total","labels":{"code":"ok"},"value":3,)"
       R"("node":"a"},{"name":"weir_emits_total","labels":{"code":"ok"},)"
       R"("value":4,"node":"b"}],"partial":true,"silent_nodes":["c"]})");
}

// Protobuf's mapping: a JavaScript number would lose digits.
BOOST_AUTO_TEST_CASE(numbers_of_64_bits_are_strings) {
  partition_status x;
  x.topic = "chat.messages";
  x.partition = 3;
  x.position = 9'007'199'254'740'993;
  x.log_end = 9'007'199'254'740'995;
  const auto text = json(listing::partitions,
                         {{"a", to_bytes(std::vector{x})}});
  BOOST_TEST(has(text, R"("partition":3,"position":"9007199254740993",)"
                       R"("log_end":"9007199254740995")"));
  BOOST_TEST(has(text, R"("interim":false,"node":"a")"));
}

BOOST_AUTO_TEST_CASE(a_position_has_its_lag_where_that_is_known) {
  auto x = room("r");
  x.partitions = {{0, 12, true}, {2, -1, true}};
  x.lagging = {{"s", "ada", {{0, 5, true}, {1, 6, true}, {2, 7, true}}}};
  std::vector<room_status> rooms{x};
  BOOST_TEST(has(json(listing::rooms, {{"a", to_bytes(rooms, false)}}),
                 R"("positions":[{"partition":0,"next":"5","behind":true,)"
                 R"("lag":"7"},{"partition":1,"next":"6","behind":true},)"
                 R"({"partition":2,"next":"7","behind":true}])"));
}

BOOST_AUTO_TEST_CASE(likewise_that_of_a_connection) {
  connection_status x;
  x.sockets.push_back({"s", "/", "", 1, {{"r", false, true, {}}}});
  x.sockets[0].rooms[0].positions = {{0, 5, true, 7}, {1, 6, true}};
  std::vector<connection_status> connections{x};
  BOOST_TEST(
    has(json(listing::connections, {{"a", to_bytes(connections, false)}}),
        R"("positions":[{"partition":0,"next":"5","behind":true,)"
        R"("lag":"7"},{"partition":1,"next":"6","behind":true}])"));
}

BOOST_AUTO_TEST_CASE(a_node_comes_with_its_partitions_and_link) {
  const std::vector<node_status> nodes{{"b",
                                        1,
                                        "up",
                                        "127.0.0.1:4000",
                                        2,
                                        0,
                                        {"chat/0", "chat/3"},
                                        link_status{true, 10, 20, 30},
                                        "0123456789abcdef",
                                        "fedcba9876543210"}};
  BOOST_TEST(json(listing::nodes, {{"a", to_bytes(nodes)}})
             == R"({"nodes":[{"name":"b","incarnation":"1","state":"up",)"
                R"("address":"127.0.0.1:4000","partitions":2,)"
                R"("connections":0,"owned":["chat/0","chat/3"],)"
                R"("link":{"encrypted":true,"sent_bytes":"10",)"
                R"("received_bytes":"20","silent_ms":30},)"
                R"("mappings":"0123456789abcdef",)"
                R"("token_keys":"fedcba9876543210"}]})");
}

BOOST_AUTO_TEST_CASE(a_room_on_several_nodes_is_one_with_the_members_of_all) {
  const auto sum
    = join_parts(listing::rooms,
                 {{"b", to_bytes({room("y", 5)}, false)},
                  {"a", to_bytes({room("x", 1), room("y", 2)}, false)}},
                 {}, 100);
  BOOST_TEST(sum.rows == 2u);
  BOOST_TEST(values_of(sum.json, "name") == (texts{"x", "y"}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(sum.json, "node") == (texts{"a", "a", "b"}),
             boost::test_tools::per_element());
  BOOST_TEST(has(sum.json, R"("members":7)"));
  BOOST_TEST(has(sum.json, R"("next":"")"));
}

// Each node has told its first ones only: what is behind may lack some.
BOOST_AUTO_TEST_CASE(a_page_ends_where_all_nodes_have_told_what_they_have) {
  const auto a = to_bytes({room("1"), room("2")}, true);
  const auto b = to_bytes({room("1"), room("4")}, false);
  const auto text = json(listing::rooms, {{"a", a}, {"b", b}}, {}, 2);
  BOOST_TEST(values_of(text, "name") == (texts{"1", "2"}),
             boost::test_tools::per_element());
  BOOST_TEST(has(text, R"("next":"/,2")"));
}

BOOST_AUTO_TEST_CASE(the_last_page_names_no_next_one) {
  const auto part = to_bytes({connection("1"), connection("2")}, false);
  BOOST_TEST(
    has(json(listing::connections, {{"a", part}}, {}, 2), R"("next":"")"));
  BOOST_TEST(
    has(json(listing::connections, {{"a", part}}, {}, 1), R"("next":"1")"));
}

BOOST_AUTO_TEST_CASE(a_page_that_others_follow_says_so_although_it_is_whole) {
  const auto part = to_bytes({connection("1"), connection("2")}, true);
  BOOST_TEST(
    has(json(listing::connections, {{"a", part}}, {}, 2), R"("next":"2")"));
}

BOOST_AUTO_TEST_CASE(what_is_hot_on_several_nodes_is_one_row_by_kind) {
  auto a
    = to_bytes({hot("room", "x", 3), hot("room", "y", 4), hot("key", "k", 1)});
  auto b = to_bytes({hot("room", "x", 2), hot("room", "z", 1)});
  auto text = json(listing::hot, {{"b", b}, {"a", a}});
  BOOST_TEST(values_of(text, "kind") == (texts{"key", "room", "room", "room"}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(text, "room") == (texts{"", "x", "y", "z"}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(text, "count") == (texts{"1", "5", "4", "1"}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(text, "error") == (texts{"1", "2", "1", "1"}),
             boost::test_tools::per_element());
  BOOST_TEST(has(text, R"("nodes":["a","b"])"));
}

BOOST_AUTO_TEST_CASE(of_what_is_hot_so_many_of_each_kind_are_told) {
  auto part = to_bytes({hot("room", "x", 3), hot("room", "y", 4),
                        hot("key", "k", 1), hot("key", "l", 2)});
  auto text = json(listing::hot, {{"a", part}}, {}, 1);
  BOOST_TEST(values_of(text, "kind") == (texts{"key", "room"}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(text, "count") == (texts{"2", "4"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_busiest_actors_are_those_of_all_nodes) {
  std::vector<busy_actor> many;
  for (std::uint64_t i = 0; i < 10; ++i)
    many.push_back({i, "room", 0, 0, 0, 10 * i});
  std::vector<actor_status> none;
  auto text = json(listing::actors,
                   {{"a", to_bytes(none, many)},
                    {"b", to_bytes(none, {{7, "producer", 1, 2, 3, 45}})}});
  BOOST_TEST(
    values_of(text, "busy_ms")
      == (texts{"90", "80", "70", "60", "50", "45", "40", "30", "20", "10"}),
    boost::test_tools::per_element());
  BOOST_TEST(has(text, R"({"id":"7","type":"producer","node":"b",)"
                       R"("mailbox":1,"mailbox_max":2,"processed":"3",)"
                       R"("busy_ms":"45"})"));
}

BOOST_AUTO_TEST_CASE(a_list_is_partial_while_a_node_is_silent) {
  const auto text = json(listing::rooms, {}, {"c", "b"});
  BOOST_TEST(text
             == R"({"rooms":[],"next":"","partial":true,)"
                R"("silent_nodes":["b","c"]})");
}

BOOST_AUTO_TEST_CASE(who_answers_something_else_is_silent_too) {
  const auto sum = join_parts(listing::rooms, {{"a", "\xff\xff"}}, {}, 100);
  BOOST_TEST(sum.partial);
  BOOST_TEST(has(sum.json, R"("silent_nodes":["a"])"));
}

// A later version's node may have fields that this one does not know.
BOOST_AUTO_TEST_CASE(what_is_not_known_is_left_out) {
  const std::string unknown = "\xfa\x3e\x01x"; // field 1007, one byte
  const auto text = json(listing::rooms,
                         {{"a", to_bytes({room("x")}, false) + unknown}});
  BOOST_TEST(values_of(text, "name") == (texts{"x"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_cursor_is_a_namespace_and_the_rest_of_it_a_room) {
  const auto x = room_cursor("/chat", "a,b");
  BOOST_TEST(place_of(x).nsp == "/chat");
  BOOST_TEST(place_of(x).name == "a,b");
}

BOOST_AUTO_TEST_CASE(reads_connections_again) {
  auto x = connection("a");
  x.address = "127.0.0.1";
  x.transport = "polling";
  x.sockets.push_back({"s", "/", "ada", 2, {{"r", true, false, {}}}});
  x.handshake = handshake_status{
    "/socket.io/", {{"EIO", "4"}}, {{"user-agent", "curl"}}, 17, true};
  auto read = connections_in(to_bytes({x, connection("b")}, true));
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->more);
  BOOST_TEST_REQUIRE(read->connections.size() == 2u);
  auto& y = read->connections[0];
  BOOST_TEST(y.id == "a");
  BOOST_TEST(y.address == "127.0.0.1");
  BOOST_TEST(y.transport == "polling");
  BOOST_TEST_REQUIRE(y.sockets.size() == 1u);
  BOOST_TEST(y.sockets[0].user == "ada");
  BOOST_TEST(y.sockets[0].rooms[0].room == "r");
  BOOST_TEST(y.sockets[0].rooms[0].joining);
  BOOST_TEST_REQUIRE(y.handshake.has_value());
  BOOST_TEST(y.handshake->path == "/socket.io/");
  BOOST_TEST(y.handshake->query.at("EIO") == "4");
  BOOST_TEST(y.handshake->headers.at("user-agent") == "curl");
  BOOST_TEST(y.handshake->issued_ms == 17u);
  BOOST_TEST(y.handshake->secure);
  BOOST_TEST(!read->connections[1].handshake);
  BOOST_TEST(!connections_in("\xff").has_value());
}

BOOST_AUTO_TEST_CASE(reads_a_server_again) {
  server_status x{"host",     7,  1500, 3,  1,  {{"/", 2}, {"/a", 0}},       9,
                  {{"x", 6}}, 10, 11,   12, 13, {{"/", "s", "ping timeout"}}};
  auto y = server_in(to_bytes(x));
  BOOST_TEST_REQUIRE(y.has_value());
  BOOST_TEST(y->hostname == "host");
  BOOST_TEST(y->pid == 7u);
  BOOST_TEST(y->uptime_ms == 1500u);
  BOOST_TEST(y->connections == 3u);
  BOOST_TEST(y->polling == 1u);
  BOOST_TEST((y->sockets == x.sockets));
  BOOST_TEST(y->opened == 9u);
  BOOST_TEST((y->closed == x.closed));
  BOOST_TEST(y->events_received == 10u);
  BOOST_TEST(y->events_sent == 11u);
  BOOST_TEST(y->received_bytes == 12u);
  BOOST_TEST(y->sent_bytes == 13u);
  BOOST_TEST_REQUIRE(y->left.size() == 1u);
  BOOST_TEST(y->left[0].nsp == "/");
  BOOST_TEST(y->left[0].id == "s");
  BOOST_TEST(y->left[0].reason == "ping timeout");
  BOOST_TEST(!server_in("").has_value());
}

BOOST_AUTO_TEST_CASE(reads_the_events_of_a_server_again) {
  server_status x;
  x.events = {{seen_direction::sent, "/a", "s1", R"(["say",1])", 12, 34},
              {seen_direction::received, "/", "s2", R"(["x"])", 13, 35}};
  x.events_left_out = 5;
  auto y = server_in(to_bytes(x));
  BOOST_TEST_REQUIRE(y.has_value());
  BOOST_TEST_REQUIRE(y->events.size() == 2u);
  BOOST_TEST((y->events[0].direction == seen_direction::sent));
  BOOST_TEST((y->events[1].direction == seen_direction::received));
  BOOST_TEST(y->events[0].nsp == "/a");
  BOOST_TEST(y->events[0].socket == "s1");
  BOOST_TEST(y->events[0].json == R"(["say",1])");
  BOOST_TEST(y->events[0].time_ms == 12u);
  BOOST_TEST(y->events[0].number == 34u);
  BOOST_TEST(y->events_left_out == 5u);
}

BOOST_AUTO_TEST_CASE(lists_servers_by_their_nodes) {
  auto text = json(listing::servers, {{"b", to_bytes(server_status{"h2"})},
                                      {"a", to_bytes(server_status{"h1"})}});
  BOOST_TEST(values_of(text, "node") == (texts{"a", "b"}),
             boost::test_tools::per_element());
  BOOST_TEST(has(text, R"("hostname":"h1")"));
}

// Two nodes read a partition for a moment, one of them further.
BOOST_AUTO_TEST_CASE(a_record_that_two_nodes_tell_is_one) {
  auto part = [](std::vector<std::int64_t> offsets, bool is_behind) {
    record_page page;
    for (auto x : offsets)
      page.records.push_back({"chat", 3, x, 17, "/", "r", "say", "[1]", 0, ""});
    page.positions.push_back({3, offsets.back() + 1, is_behind});
    return to_bytes(page);
  };
  auto sum = join_parts(listing::records,
                        {{"b", part({4, 5, 6}, false)}, {"a", part({5}, true)}},
                        {}, 100);
  BOOST_TEST(values_of(sum.json, "offset") == (texts{"4", "5", "6"}),
             boost::test_tools::per_element());
  BOOST_TEST(has(sum.json, R"("positions":[{"partition":3,"next":"7",)"
                           R"("behind":false}],"next":"3:7")"));
  BOOST_TEST(sum.rows == 1u);
  BOOST_TEST(join_parts(listing::records, {}, {}, 100).rows == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
