#include "actors/node/disconnect_request.hpp" // unit under test

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

disconnect_everywhere whom_of(std::string_view path,
                              std::string_view query = "") {
  auto [request, problem] = parse_disconnect_request(path, query);
  BOOST_TEST(problem == "");
  BOOST_TEST_REQUIRE(request.has_value());
  return std::move(*request);
}

BOOST_AUTO_TEST_SUITE(a_disconnect_request)

BOOST_AUTO_TEST_CASE(names_a_connection_or_socket) {
  const auto x = whom_of("/v1/connections/a/b");
  BOOST_TEST(x.whom.id == "a/b");
  BOOST_TEST(x.whom.room == "");
  BOOST_TEST(x.user == "");
}

BOOST_AUTO_TEST_CASE(names_a_room_of_the_main_namespace_or_another) {
  BOOST_TEST(whom_of("/v1/connections", "room=a%20b").whom.room == "a b");
  BOOST_TEST(whom_of("/v1/connections", "room=a").whom.nsp == "/");
  BOOST_TEST(whom_of("/v1/connections", "room=a&namespace=/c").whom.nsp
             == "/c");
}

BOOST_AUTO_TEST_CASE(names_a_user) {
  BOOST_TEST(whom_of("/v1/users/a/connections/connections").user
             == "a/connections");
}

BOOST_AUTO_TEST_CASE(says_that_the_room_is_missing) {
  for (auto query : {"", "room=", "namespace=/c"}) {
    const auto x = parse_disconnect_request("/v1/connections", query);
    BOOST_TEST(!x.request);
    BOOST_TEST(x.problem.starts_with("room is missing"), query);
  }
}

/// A parameter that is not understood may have been to spare somebody.
BOOST_AUTO_TEST_CASE(takes_no_parameter_that_it_does_not_know) {
  for (auto path :
       {"/v1/connections", "/v1/connections/a", "/v1/users/a/connections"}) {
    const auto x = parse_disconnect_request(path, "room=a&nsp=/c");
    BOOST_TEST(!x.request, path);
    BOOST_TEST(!x.problem.empty(), path);
  }
}

BOOST_AUTO_TEST_CASE(is_none_at_other_paths) {
  for (auto path : {"/v1/rooms/a", "/v1/connections/", "/v1/users/a",
                    "/v1/users//connections", "/v1/users/connections"}) {
    const auto x = parse_disconnect_request(path, "room=a");
    BOOST_TEST((!x.request && x.problem.empty()), path);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
