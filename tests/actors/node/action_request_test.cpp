#include "actors/node/action_request.hpp" // unit under test

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using action = action_request::kind;

action_request action_of(std::string_view path, std::string_view query = "",
                         std::string_view body = "") {
  auto [request, problem] = parse_action_request(path, query, body);
  BOOST_TEST(problem == "");
  BOOST_TEST_REQUIRE(request.has_value());
  return std::move(*request);
}

bool has_problem(std::string_view path, std::string_view query,
                 std::string_view what, std::string_view body = "") {
  auto result = parse_action_request(path, query, body);
  BOOST_TEST(!result.request);
  return result.problem.find(what) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(an_action_request)

BOOST_AUTO_TEST_CASE(names_the_node_that_is_to_stop) {
  const auto x = action_of("/v1/nodes/a/b/drain");
  BOOST_TEST((x.what == action::drain));
  BOOST_TEST(x.node.value() == "a/b");
}

BOOST_AUTO_TEST_CASE(takes_no_parameter_where_the_path_says_all) {
  BOOST_TEST(has_problem("/v1/nodes/a/drain", "node=b", "\"node\""));
}

BOOST_AUTO_TEST_CASE(has_a_log_level_for_all_nodes_or_one) {
  const auto x = action_of("/v1/log-level", "level=debug");
  BOOST_TEST((x.what == action::log_level));
  BOOST_TEST((x.level == log_level::debug));
  BOOST_TEST(!x.node);
  BOOST_TEST(action_of("/v1/log-level", "level=error&node=b").node.value()
             == "b");
}

BOOST_AUTO_TEST_CASE(says_which_parameter_is_missing_or_wrong) {
  BOOST_TEST(has_problem("/v1/log-level", "", "level is missing"));
  BOOST_TEST(has_problem("/v1/log-level", "node=b", "level is missing"));
  BOOST_TEST(has_problem("/v1/log-level", "level=loud", "trace, debug"));
  BOOST_TEST(has_problem("/v1/log-level", "lvl=debug", "level, node"));
}

BOOST_AUTO_TEST_CASE(has_an_event_for_whoever_it_names) {
  const auto x = action_of("/v1/emit", "event=a%20b&room=r&namespace=/n",
                           R"( [1, {"b": [2]}] )");
  BOOST_TEST((x.what == action::emit));
  BOOST_TEST(x.event == "a b");
  BOOST_TEST(x.args == R"(1, {"b": [2]})");
  BOOST_TEST(x.room == "r");
  BOOST_TEST(x.nsp == "/n");
  BOOST_TEST(action_of("/v1/emit", "event=a&sid=s").sid == "s");
  BOOST_TEST(action_of("/v1/emit", "event=a&user=u").user == "u");
  BOOST_TEST(action_of("/v1/emit", "event=a&user=u").args == "");
  BOOST_TEST(action_of("/v1/emit", "event=a&user=u", "[]").args == "");
}

BOOST_AUTO_TEST_CASE(has_the_configuration_read_again) {
  BOOST_TEST((action_of("/v1/reload").what == action::reload));
  BOOST_TEST(action_of("/v1/reload", "node=b").node.value() == "b");
  BOOST_TEST(has_problem("/v1/reload", "file=x", "\"file\""));
}

BOOST_AUTO_TEST_CASE(says_for_whom_an_event_is_not) {
  BOOST_TEST(has_problem("/v1/emit", "room=a", "event is missing"));
  BOOST_TEST(has_problem("/v1/emit", "event=&room=a", "event"));
  BOOST_TEST(has_problem("/v1/emit", "event=a", "room, sid or user"));
  BOOST_TEST(has_problem("/v1/publish", "event=a", "room is missing"));
  BOOST_TEST(has_problem("/v1/publish", "event=a&room=b&sid=c", "\"sid\""));
  BOOST_TEST(has_problem("/v1/join", "sid=a", "room is missing"));
  BOOST_TEST(has_problem("/v1/leave", "room=a", "sid or user is missing"));
  BOOST_TEST(has_problem("/v1/join", "room=a&sid=b&event=c", "\"event\""));
}

/// Clients would close their connections, or take it for what Weir says.
BOOST_AUTO_TEST_CASE(has_no_event_that_clients_do_not_take) {
  for (auto name : {"connect", "disconnect", "weir:gap", "%ff"})
    BOOST_TEST(has_problem("/v1/emit", "room=a&event=" + std::string{name},
                           "is no value of event"),
               name);
  BOOST_TEST(has_problem("/v1/join", "sid=a&room=%ff", "is no value of room"));
}

BOOST_AUTO_TEST_CASE(has_arguments_that_are_an_array) {
  for (auto body : {"{}", "1", "[", "[1] 2", "[1,]", "\xff", "null"})
    BOOST_TEST(has_problem("/v1/emit", "event=a&room=b", "JSON array", body),
               body);
  BOOST_TEST(has_problem("/v1/emit", "event=a&room=b", "JSON array",
                         std::string(2000, '[') + std::string(2000, ']')));
}

BOOST_AUTO_TEST_CASE(is_none_at_other_paths) {
  for (auto path : {"/v1/nodes", "/v1/nodes/", "/v1/nodes//drain",
                    "/v1/nodes/drain", "/v1/nodes/a", "/v1/log-level/", ""}) {
    BOOST_TEST(!is_action(path), path);
    const auto x = parse_action_request(path, "", "");
    BOOST_TEST((!x.request && x.problem.empty()), path);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
