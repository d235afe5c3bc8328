#include "actors/node/status_request.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

status_request parsed(std::string_view path, std::string_view query = "") {
  auto [request, problem] = parse_status_request(path, query);
  BOOST_TEST(problem == "");
  BOOST_TEST_REQUIRE(request.has_value());
  return std::move(*request);
}

std::string problem(std::string_view path, std::string_view query) {
  auto result = parse_status_request(path, query);
  BOOST_TEST(!result.request);
  return result.problem;
}

bool has(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(a_status_request)

BOOST_AUTO_TEST_CASE(asks_all_nodes_for_a_list) {
  const auto x = parsed("/v1/rooms");
  BOOST_TEST((x.what == schemas::listing::rooms));
  BOOST_TEST(!x.is_one);
  BOOST_TEST(!x.node);
  BOOST_TEST(x.rooms.limit == usual_rows);
}

BOOST_AUTO_TEST_CASE(asks_one_node_that_it_names) {
  BOOST_TEST(parsed("/v1/partitions", "node=b").node.value() == "b");
}

BOOST_AUTO_TEST_CASE(asks_the_node_that_it_comes_to_where_the_name_is_empty) {
  BOOST_TEST(parsed("/v1/actors", "node=").node.value() == "");
}

BOOST_AUTO_TEST_CASE(asks_one_node_for_its_view_of_all) {
  BOOST_TEST(parsed("/v1/nodes").node.value() == "");
}

BOOST_AUTO_TEST_CASE(names_a_room_of_the_main_namespace_or_another) {
  const auto x = parsed("/v1/rooms/a/b");
  BOOST_TEST(x.is_one);
  BOOST_TEST(x.rooms.name == "a/b");
  BOOST_TEST(x.rooms.nsp == "/");
  BOOST_TEST(parsed("/v1/rooms/a", "namespace=%2Fchat").rooms.nsp == "/chat");
}

BOOST_AUTO_TEST_CASE(names_a_connection) {
  const auto x = parsed("/v1/connections/abc");
  BOOST_TEST(x.is_one);
  BOOST_TEST(x.connections.filter.id == "abc");
}

BOOST_AUTO_TEST_CASE(takes_filters_and_pages) {
  const auto x = parsed("/v1/connections",
                        "user=ada+l&room=chat%3A1&behind=true&limit=7&after=x");
  BOOST_TEST(x.connections.filter.user == "ada l");
  BOOST_TEST(x.connections.filter.room == "chat:1");
  BOOST_TEST(x.connections.filter.behind);
  BOOST_TEST(x.connections.limit == 7u);
  BOOST_TEST(x.connections.after == "x");
}

BOOST_AUTO_TEST_CASE(asks_for_the_hottest_of_each_kind) {
  BOOST_TEST((parsed("/v1/hot").what == schemas::listing::hot));
  BOOST_TEST(parsed("/v1/hot").limit == usual_hot_rows);
  BOOST_TEST(parsed("/v1/hot", "limit=3&node=b").limit == 3u);
  BOOST_TEST(has(problem("/v1/hot", "after=x"), "limit, node"));
  BOOST_TEST(parsed("/v1/hot", "limit=100").limit == 100u);
  BOOST_TEST(has(problem("/v1/hot", "limit=101"), "from 1 to 100"));
}

BOOST_AUTO_TEST_CASE(asks_for_the_busiest_actors_where_they_are_wanted) {
  BOOST_TEST(!parsed("/v1/actors").is_busiest);
  BOOST_TEST(parsed("/v1/actors", "type=weir.room").actor_type == "weir.room");
  BOOST_TEST(parsed("/v1/actors", "busiest=true").is_busiest);
  BOOST_TEST(has(problem("/v1/nodes", "busiest=true"), "\"busiest\""));
}

BOOST_AUTO_TEST_CASE(is_none_of_a_path_that_is_not_there) {
  for (const auto* path : {"/v1/users", "/v1", "/v1/roomsx", "/v1/rooms/",
                           "/v1/nodes/a", "/v1/actors/room", "/v1/hot/a"})
    BOOST_TEST(problem(path, "") == "");
}

BOOST_AUTO_TEST_CASE(names_the_metrics_that_are_wanted) {
  auto x = parsed("/v1/metrics", "names=weir_a,weir_b_total");
  BOOST_TEST((x.what == schemas::listing::metrics));
  BOOST_TEST(x.metrics == "weir_a,weir_b_total");
  BOOST_TEST(has(problem("/v1/metrics", "limit=7"), "only names, node"));
}

BOOST_AUTO_TEST_CASE(says_which_parameters_there_are) {
  const auto text = problem("/v1/rooms", "romm=x");
  BOOST_TEST(has(text, "\"romm\""));
  BOOST_TEST(has(text, "after, limit, namespace, node, prefix, topic"));
}

BOOST_AUTO_TEST_CASE(says_what_a_parameter_takes) {
  for (const auto* value : {"0", "1001", "-1", "x", "", "10x", "1e2"})
    BOOST_TEST(has(problem("/v1/rooms", std::string{"limit="} + value),
                   "from 1 to 1000"));
  BOOST_TEST(has(problem("/v1/connections", "behind=yes"), "true or false"));
  BOOST_TEST(
    has(problem("/v1/connections", "transport=sse"), "polling or websocket"));
}

BOOST_AUTO_TEST_CASE(asks_for_partitions_all_or_by_page) {
  BOOST_TEST(parsed("/v1/partitions").partitions.limit == all_rows);
  auto x = parsed("/v1/partitions", "topic=a&limit=7&after=a/3").partitions;
  BOOST_TEST(x.topic == "a");
  BOOST_TEST(x.limit == 7u);
  BOOST_TEST(x.after->partition == 3);
  BOOST_TEST(!parsed("/v1/partitions", "after=").partitions.after);
}

/// What is malformed; what is only nowhere finds nothing.
BOOST_AUTO_TEST_CASE(takes_no_value_that_is_none) {
  using cases = std::vector<std::pair<std::string_view, std::string>>;
  for (auto& [path, query] : cases{
         {"/v1/connections", "address=nonsense"},
         {"/v1/connections", "address=1.2.3"},
         {"/v1/connections", "address=1.2.3.4:80"},
         {"/v1/connections", "address=10.0.0.0/8"},
         {"/v1/connections", "after=a,b"},
         {"/v1/connections", "after=%00"},
         {"/v1/connections", "namespace=chat"},
         {"/v1/rooms", "after=%00"},
         {"/v1/rooms", "after=/"},
         {"/v1/rooms", "after=a,b"},
         {"/v1/rooms", "namespace=chat"},
         {"/v1/rooms", "topic=a%20b"},
         {"/v1/rooms/a", "namespace=chat"},
         {"/v1/partitions", "topic=.."},
         {"/v1/partitions", "after=chat"},
         {"/v1/partitions", "limit=0"},
         {"/v1/records", "topic=a/b"},
         {"/v1/metrics", "names=weir-a"},
         {"/v1/metrics", "names=weir_a,"},
         {"/v1/metrics", "names=1weir"},
       })
    BOOST_TEST(has(problem(path, query), "is no value of"), query);
  for (auto& [path, query] : cases{
         {"/v1/connections", "address=::1"},
         {"/v1/connections", "address=fe80::1%25eth0"},
         {"/v1/connections", "address=127.0.0.1"},
         {"/v1/connections", "address=&namespace=&after="},
         {"/v1/rooms", "namespace=/nowhere&topic=nothing&after=/,"},
         {"/v1/rooms", "after=/chat,a,b"},
         {"/v1/metrics", "names=weir_nope,a:b_1"},
       })
    parsed(path, query);
}

BOOST_AUTO_TEST_CASE(takes_each_parameter_once) {
  BOOST_TEST(has(problem("/v1/rooms", "limit=1&limit=2"), "more than once"));
}

BOOST_AUTO_TEST_CASE(asks_for_the_records_of_a_topic) {
  auto x = parsed("/v1/records", "topic=chat&from=0:12,11:40&limit=7").records;
  BOOST_TEST(x.topic == "chat");
  BOOST_TEST((x.from == positions{{0, 12}, {11, 40}}));
  BOOST_TEST(x.limit == 7u);
  BOOST_TEST(parsed("/v1/records", "topic=chat").records.from.empty());
  BOOST_TEST(has(problem("/v1/records", ""), "which topic"));
  BOOST_TEST(has(problem("/v1/records", "topic="), "which topic"));
  for (auto* from : {"", "0", "0:", ":1", "0:1,", "0:-1", "-1:0", "0:1:2",
                     "1234567890:1", "0:1234567890123456789", "0:1 ,1:1"})
    BOOST_TEST(has(problem("/v1/records", std::string{"topic=x&from="} + from),
                   "0:12,1:40"),
               from);
}

BOOST_AUTO_TEST_CASE(asks_for_servers_and_for_detail) {
  BOOST_TEST((parsed("/v1/servers").what == schemas::listing::servers));
  BOOST_TEST(parsed("/v1/connections", "detail=true").connections.in_detail);
  BOOST_TEST(!parsed("/v1/connections").connections.in_detail);
  BOOST_TEST(parsed("/v1/servers", "left=true").with_left);
  BOOST_TEST(!parsed("/v1/servers").with_left);
  auto events = [](std::string_view query) {
    return parsed("/v1/servers", query).events;
  };
  BOOST_TEST((events("events=names") == event_detail::names));
  BOOST_TEST((events("events=args") == event_detail::args));
  BOOST_TEST((events("") == event_detail::none));
  BOOST_TEST(has(problem("/v1/servers", "events=true"), "names or args"));
  BOOST_TEST(
    has(problem("/v1/servers", "detail=true"), "only events, left, node"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
