#include "actors/contract/permissions.hpp" // unit under test

#include "tests/support/rules.hpp"
#include "transport/socketio/json_slice.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace weir {

namespace {

using texts = std::vector<std::string>;

struct fixture {
  /// Whether somebody with these claims (empty: without a token) may emit into
  /// a room of "chat:{id}:{lang}".
  bool may(const texts& rules, const std::string& claims,
           const std::string& room = "chat:1:en") {
    auto x = test::mapping("chat:{id}:{lang}", "t", {"say"});
    x.allow.emit = rules;
    permission_policy policy{test::nsp("/", {x})};
    return socket_rights{policy, claims}.may(right::emit, 0, room);
  }
};

BOOST_FIXTURE_TEST_SUITE(a_permission, fixture)

BOOST_AUTO_TEST_CASE(is_not_given_without_a_rule) {
  BOOST_TEST(!may({}, R"({"role":"admin"})"));
  BOOST_TEST(!may({}, ""));
}

BOOST_AUTO_TEST_CASE(is_of_one_thing_only) {
  auto x = test::mapping("a", "t", {"say"});
  auto y = test::mapping("b", "t", {"say"});
  x.allow.join = {"anyone"};
  y.allow.history = {"anyone"};
  permission_policy policy{test::nsp("/", {x, y})};
  socket_rights nobody{policy, ""};
  BOOST_TEST(nobody.may(right::join, 0, "a"));
  BOOST_TEST(!nobody.may(right::emit, 0, "a"));
  BOOST_TEST(!nobody.may(right::history, 0, "a"));
  BOOST_TEST(!nobody.may(right::join, 1, "b"));
  BOOST_TEST(nobody.may(right::history, 1, "b"));
}

BOOST_AUTO_TEST_CASE(may_be_anyones) {
  BOOST_TEST(may({"anyone"}, ""));
  BOOST_TEST(may({"anyone"}, "{}"));
}

BOOST_AUTO_TEST_CASE(may_be_of_all_who_show_a_token) {
  BOOST_TEST(!may({"authenticated"}, ""));
  BOOST_TEST(may({"authenticated"}, "{}"));
}

BOOST_AUTO_TEST_CASE(is_of_whom_one_rule_names) {
  const texts rules{"/role = admin", "/rooms = {id}"};
  BOOST_TEST(may(rules, R"({"role":"admin"})"));
  BOOST_TEST(may(rules, R"({"rooms":["1"]})"));
  BOOST_TEST(!may(rules, R"({"role":"user","rooms":["2"]})"));
}

BOOST_AUTO_TEST_CASE(depends_on_all_captures_of_the_room) {
  const texts rules{"/rooms = {lang}/{id}"};
  auto* claims = R"({"rooms":["en/1","de/2"]})";
  BOOST_TEST(may(rules, claims, "chat:1:en"));
  BOOST_TEST(may(rules, claims, "chat:2:de"));
  BOOST_TEST(!may(rules, claims, "chat:1:de"));
  BOOST_TEST(!may(rules, claims, "chat:en:1"));
}

BOOST_AUTO_TEST_CASE(looks_at_any_value_of_a_list_and_no_deeper) {
  const texts rules{"/a/b = x"};
  for (auto* claims :
       {R"({"a":{"b":"x"}})", R"({"a":{"b":["y","x"]}})",
        R"({"a":{"b":[1,null,{},"x"]}})", R"({"a":{"b":["\u0078"]}})"})
    BOOST_TEST(may(rules, claims), claims);
  for (auto* claims :
       {R"({"a":{"b":"X"}})", R"({"a":{"b":"xx"}})", R"({"a":{"b":[["x"]]}})",
        R"({"a":{"b":{"x":"x"}}})", R"({"a":"x","b":"x"})", R"({"a/b":"x"})",
        R"({"a":{"b":[]}})", R"({"a":{"b":null}})", R"({"a":[{"b":"x"}]})"})
    BOOST_TEST(!may(rules, claims), claims);
}

BOOST_AUTO_TEST_CASE(takes_whole_numbers_and_booleans_as_they_are_written) {
  BOOST_TEST(may({"/n = 3"}, R"({"n":3})"));
  BOOST_TEST(may({"/n = -3"}, R"({"n":[-3]})"));
  BOOST_TEST(may({"/n = true"}, R"({"n":true})"));
  BOOST_TEST(may({"/rooms = {id}"}, R"({"rooms":[1]})"));
  BOOST_TEST(!may({"/n = 3"}, R"({"n":3.0})"));
  BOOST_TEST(!may({"/n = 3"}, R"({"n":3e0})"));
  BOOST_TEST(!may({"/n = null"}, R"({"n":null})"));
  BOOST_TEST(!may({"/n = -"}, R"({"n":1})"));
}

BOOST_AUTO_TEST_CASE(reads_pointers_as_they_are_defined) {
  BOOST_TEST(may({"/https:~1~1a.b~1role = x"}, R"({"https://a.b/role":"x"})"));
  BOOST_TEST(may({"/~01 = x"}, R"({"~1":"x"})"));
  BOOST_TEST(may({"/a/0 = x"}, R"({"a":["x"]})"));
  BOOST_TEST(!may({"/a/1 = x"}, R"({"a":["x"]})"));
}

BOOST_AUTO_TEST_CASE(compares_values_with_signs_of_equality) {
  BOOST_TEST(may({"/a = b = c"}, R"({"a":"b = c"})"));
  BOOST_TEST(may({"/a = ="}, R"({"a":"="})"));
}

BOOST_AUTO_TEST_CASE(by_claim_is_that_of_its_rooms) {
  auto x = test::mapping("chat:{id}!", "t");
  x.join = join_policy::claim;
  x.join_claim = "/rooms";
  permission_policy policy{test::nsp("/", {test::mapping("a", "t"), x})};
  socket_rights some{policy, R"({"rooms":["b","a",7,"a","",null]})"};
  BOOST_TEST((some.claimed_rooms(1) == texts{"chat:7!", "chat:a!", "chat:b!"}));
  BOOST_TEST(some.claimed_rooms(0).empty());
  BOOST_TEST(some.may(right::join, 1, "chat:a!"));
  BOOST_TEST(!some.may(right::join, 1, "chat:c!"));
  BOOST_TEST(!some.may(right::emit, 1, "chat:a!"));
  BOOST_TEST(socket_rights(policy, "").claimed_rooms(1).empty());
}

// -- whatever claims and rules there are --------------------------------------

/// What is decided ahead, and found by bisection, is what looking at the claims
/// one by one finds.
struct generated {
  explicit generated(std::uint32_t seed) : random(seed) {}

  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  }

  std::string word() { return words[below(std::size(words))]; }

  /// `[]`, `["a"]`, ...; and as texts into `found`.
  std::string list(texts& found) {
    std::string out = "[";
    for (auto n = below(6); n > 0; --n) {
      found.push_back(word());
      out += out.size() > 1 ? "," : "";
      json::append_string(out, found.back());
    }
    return out + "]";
  }

  static constexpr const char* words[]{
    "a", "b", "ab", "a:b", "\xc3\xa4", "~", "/", "aa", "=", "a = b", "\"", "{"};
  std::mt19937 random;
};

BOOST_DATA_TEST_CASE(is_what_one_would_find_by_hand,
                     boost::unit_test::data::xrange(300), seed) {
  generated any{static_cast<std::uint32_t>(seed)};
  texts rooms, roles;
  auto claims = R"({"rooms":)" + any.list(rooms);
  claims += R"(,"roles":)" + any.list(roles) + "}";
  BOOST_TEST_REQUIRE(json::is_valid(claims, 10));
  auto x = test::mapping("r:{id}", "t", {"say"});
  std::string role;
  if (any.below(2) == 0) {
    do
      role = any.word();
    while (role == "{");
    x.allow.emit.push_back("/roles = " + role);
  }
  auto by_room = any.below(2) == 0;
  if (by_room)
    x.allow.emit.emplace_back("/rooms = {id}");
  permission_policy policy{test::nsp("/", {x})};
  socket_rights rights{policy, claims};
  auto has = [](auto& xs, auto& y) {
    return std::find(xs.begin(), xs.end(), y) != xs.end();
  };
  for (std::string id : generated::words)
    BOOST_TEST(rights.may(right::emit, 0, "r:" + id)
                 == ((!role.empty() && has(roles, role))
                     || (by_room && has(rooms, id))),
               claims + " " + role + " " + id);
}

// A socket's rights remember; so in any order, and again and again.
BOOST_DATA_TEST_CASE(is_the_same_however_often_it_is_asked,
                     boost::unit_test::data::xrange(100), seed) {
  generated any{static_cast<std::uint32_t>(seed)};
  texts rooms;
  auto claims = R"({"rooms":)" + any.list(rooms) + "}";
  auto x = test::mapping("r:{id}", "t", {"say"});
  auto y = test::mapping("{id}", "t", {"say"});
  for (auto* allow : {&x.allow, &y.allow})
    for (auto* rules : {&allow->join, &allow->emit, &allow->history})
      if (any.below(2) == 0)
        rules->emplace_back("/rooms = {id}");
  permission_policy policy{test::nsp("/", {x, y})};
  socket_rights rights{policy, claims};
  for (auto i = 0; i < 200; ++i) {
    auto what = static_cast<right>(any.below(rights_count));
    auto mapping = any.below(2);
    auto room = (mapping == 0 ? "r:" : "") + any.word();
    BOOST_TEST(rights.may(what, mapping, room)
                 == (socket_rights{policy, claims}.may(what, mapping, room)),
               claims + " " + room);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
