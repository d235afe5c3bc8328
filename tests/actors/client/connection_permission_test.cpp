// What a client may do, by its token.

#include "actors/client/answers.hpp"
#include "actors/client/connection_census.hpp"
#include "tests/actors/client/connection_fixture.hpp"
#include "tests/transport/auth/token_maker.hpp"
#include "transport/socketio/json_slice.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using auth::algorithm;
using test::token_key;

/// Tokens name rooms of "chat:{id}" that one may be in; "team:{id}" is joined
/// by claim, "board" by itself; "open:{id}" is everybody's.
struct permission_fixture : test::connection_fixture {
  permission_fixture() {
    auto chat = test::mapping("chat:{id}", "chat", {"say"});
    chat.allow = {{"/rooms = {id}"}, {"/write = {id}", "/role = admin"}, {}};
    auto team = test::mapping("team:{id}", "team", {"say"});
    team.join = join_policy::claim;
    team.join_claim = "/teams";
    auto board = test::mapping("board", "board");
    board.join = join_policy::automatic;
    board.allow.join = {"/role = admin"};
    auto open = test::mapping("open:{id}", "open", {"say"});
    open.allow = {{"anyone"}, {"anyone"}, {"authenticated"}};
    auto main = test::nsp("/", {chat, team, board, open});
    main.recovery = 2min;
    main.locals = {{{"typing"}, local_target::room, "/0/room", "types", {}, 0}};
    auto optional = main;
    optional.name = "/optional";
    optional.auth = auth_policy::optional;
    nsps = {main, optional};
    rules = test::rules_of(nsps);
    jwt_options x;
    x.algorithms = {"HS256"};
    tokens = std::make_shared<const authenticator>(
      x, std::make_shared<const auth::current_keys>(
           std::make_shared<const auth::key_set>(
             std::vector{auth::key_from_secret(std::string(32, 's'))})));
    restart();
  }

  std::string token(const std::string& claims = "") const {
    return test::make_token(
      test::header_of(algorithm::hs256),
      R"({"sub":"ada","exp":)" + std::to_string(seconds + 600)
        + (claims.empty() ? "" : "," + claims) + "}",
      token_key::of_secret(std::string(32, 's')), algorithm::hs256);
  }

  texts connect_with(const std::string& claims, const std::string& more = "") {
    return feed(R"(0{"token":")" + token(claims) + "\"" + more + "}");
  }

  texts renew(const std::string& claims) {
    return feed(R"(29["weir:token",")" + token(claims) + R"("])");
  }

  texts say(const std::string& room) {
    return feed(R"(21["say",{"room":")" + room + R"("}])");
  }

  static bool has(const texts& packets, std::string_view part) {
    return std::any_of(packets.begin(), packets.end(), [&](auto& x) {
      return x.find(part) != std::string::npos;
    });
  }

  static std::size_t index_of(const texts& packets, std::string_view part) {
    auto i = std::find_if(packets.begin(), packets.end(), [&](auto& x) {
      return x.find(part) != std::string::npos;
    });
    BOOST_TEST_REQUIRE((i != packets.end()));
    return static_cast<std::size_t>(i - packets.begin());
  }

  static std::string left(const std::string& room) {
    return R"(["weir:left",{"room":")" + room + R"(","reason":"not_allowed"})";
  }

  texts joined_rooms() const {
    texts result;
    for (auto& x : joins)
      result.push_back(x.room);
    return result;
  }

  static constexpr auto denied = R"("code":"not_allowed")";
};

BOOST_FIXTURE_TEST_SUITE(a_client_with_rights, permission_fixture)

BOOST_AUTO_TEST_CASE(joins_where_its_token_lets_it_and_nowhere_else) {
  connect_with(R"("rooms":["1"])");
  BOOST_TEST(has(join("chat:2", "1"), denied));
  BOOST_TEST(has(join("team:1", "1"), denied));
  BOOST_TEST(has(join("board", "1"), denied));
  BOOST_TEST(has(join("nowhere", "1"), "unknown_room"));
  BOOST_TEST(joins.empty());
  join("chat:1", "1"), join("open:7", "2");
  BOOST_TEST((joined_rooms() == texts{"chat:1", "open:7"}));
}

BOOST_AUTO_TEST_CASE(emits_where_its_token_lets_it_and_nowhere_else) {
  connect_with(R"("rooms":["1"],"write":["2"])");
  for (auto* room : {"chat:1", "chat:3", "team:1"})
    BOOST_TEST(has(say(room), denied), room);
  BOOST_TEST(emits.empty());
  say("chat:2"), say("open:1");
  BOOST_TEST_REQUIRE(emits.size() == 2u);
  BOOST_TEST(emits[0].to->room == "chat:2");
  BOOST_TEST(emits[0].to->key == "chat:2");
  // what no mapping has is for the router to say
  say("nowhere");
  BOOST_TEST(emits.size() == 3u);
}

BOOST_AUTO_TEST_CASE(may_have_a_role) {
  connect_with(R"("role":"admin")");
  say("chat:1");
  BOOST_TEST(emits.size() == 1u);
  BOOST_TEST(has(join("chat:1", "1"), denied));
}

BOOST_AUTO_TEST_CASE(without_a_token_may_what_anyone_may) {
  connect("/optional");
  feed(R"(2/optional,1["join","open:1"])");
  feed(R"(2/optional,2["say",{"room":"open:1"}])");
  BOOST_TEST(has(feed(R"(2/optional,3["join","chat:1"])"), denied));
  BOOST_TEST(has(feed(R"(2/optional,4["say",{"room":"chat:1"}])"), denied));
  BOOST_TEST((joined_rooms() == texts{"open:1"}));
  BOOST_TEST(!joins[0].with_history);
  BOOST_TEST(emits.size() == 1u);
}

BOOST_AUTO_TEST_CASE(gets_what_was_before_only_where_it_may) {
  connect_with(R"("rooms":["1"])");
  join("chat:1", "1"), join("open:1", "2");
  BOOST_TEST(!joins.at(0).with_history);
  BOOST_TEST(joins.at(1).with_history);
  // whatever a client says that it was told
  BOOST_TEST(has(feed(R"(23["join","chat:1",{"since":"0:0"}])"), denied));
  BOOST_TEST(joins.size() == 2u);
  feed(R"(24["join","open:1",{"since":"0:0"}])");
  BOOST_TEST(joins.size() == 3u);
}

BOOST_AUTO_TEST_CASE(sends_local_events_where_it_may_emit) {
  connect_with(R"("rooms":["1","2"],"write":["2"])");
  enter("chat:1", 1), enter("chat:2", 2);
  BOOST_TEST(has(feed(R"(21["typing",{"room":"chat:1"}])"), denied));
  BOOST_TEST(locals.empty());
  feed(R"(2["typing",{"room":"chat:2"}])");
  BOOST_TEST(locals.size() == 1u);
  BOOST_TEST(has(feed(R"(21["typing",{"room":"chat:3"}])"), "not_a_member"));
}

// -- rooms that one is in by itself -------------------------------------------

BOOST_AUTO_TEST_CASE(is_in_the_rooms_that_its_token_names) {
  connect_with(R"("teams":["b","a"])");
  BOOST_TEST((joined_rooms() == texts{"team:a", "team:b"}));
  BOOST_TEST(has(join("team:c", "1"), denied));
}

BOOST_AUTO_TEST_CASE(is_in_an_automatic_room_if_it_may) {
  connect_with(R"("role":"user")");
  BOOST_TEST(joins.empty());
  restart();
  connect_with(R"("role":["user","admin"])");
  BOOST_TEST((joined_rooms() == texts{"board"}));
}

BOOST_AUTO_TEST_CASE(is_in_no_more_rooms_than_the_limit) {
  limits.rooms_per_socket = 2;
  limits.room_name = 6;
  restart();
  connect_with(R"("teams":["a","b","c"])");
  BOOST_TEST((joined_rooms() == texts{"team:a", "team:b"}));
  joins.clear();
  restart();
  connect_with(R"("teams":["aa","b"])"); // a name that is too long
  BOOST_TEST((joined_rooms() == texts{"team:b"}));
}

// -- another token ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(that_loses_a_right_leaves_the_room) {
  connect_with(R"("rooms":["1","2"])");
  enter("chat:1", 1), enter("chat:2", 2), enter("open:1", 3);
  auto answers = renew(R"("rooms":["2"])");
  BOOST_TEST(index_of(answers, left("chat:1"))
             < index_of(answers, R"(39[{"status":"ok")"));
  BOOST_TEST(!has(answers, left("chat:2")));
  BOOST_TEST(!has(answers, left("open:1")));
  BOOST_TEST_REQUIRE(leaves.size() == 1u);
  BOOST_TEST(leaves[0].room == "chat:1");
  BOOST_TEST(has(deliver(2, R"(2["said",2])"), "said"));
  BOOST_TEST(!has(deliver(1, R"(2["said",1])"), "said"));
  BOOST_TEST(has(join("chat:1", "1"), denied));
}

BOOST_AUTO_TEST_CASE(that_loses_a_right_is_not_let_in_by_an_earlier_join) {
  connect_with(R"("rooms":["1"])");
  join("chat:1", "1");
  auto answers = renew("");
  BOOST_TEST(has(answers, R"(31[{"status":"error","code":"not_allowed")"));
  BOOST_TEST(!has(answers, "weir:left"));
  BOOST_TEST(leaves.size() == 1u);
  BOOST_TEST(!has(admit(0, 1), "31["));
  BOOST_TEST(!has(deliver(1, R"(2["said",1])"), "said"));
}

BOOST_AUTO_TEST_CASE(that_an_operator_has_put_into_a_room_stays_there) {
  connect_with("");
  auto census = keep(spawn_connection_census(
    executor, registry, std::make_shared<loop_meter>(executor),
    std::make_shared<loop_heat>()));
  lend_thread_to(connection);
  auto done = ask<order_done>(census,
                              socket_order{.what = socket_order::kind::join,
                                           .user = "ada",
                                           .room = "chat:1"});
  BOOST_TEST(done.value().sockets == 1u);
  admit(0, 1);
  BOOST_TEST(!has(renew(""), "weir:left"));
  BOOST_TEST(has(deliver(1, R"(2["said",1])"), "said"));
}

BOOST_AUTO_TEST_CASE(that_loses_a_right_emits_no_more) {
  connect_with(R"("write":["1"])");
  say("chat:1");
  renew("");
  BOOST_TEST(has(say("chat:1"), denied));
  renew(R"("role":"admin")");
  say("chat:1");
  BOOST_TEST(emits.size() == 2u);
}

BOOST_AUTO_TEST_CASE(that_gets_a_right_is_in_its_rooms) {
  connect_with(R"("teams":["a"])");
  admit(0, 1);
  feed(R"(21["leave","team:a"])");
  renew(R"("teams":["a","b"],"role":"admin")");
  // where it has left by itself it stays away
  BOOST_TEST((joined_rooms() == texts{"team:a", "team:b", "board"}));
  admit(1, 2), admit(2, 3);
  auto answers = renew("");
  BOOST_TEST(has(answers, left("team:b")));
  BOOST_TEST(has(answers, left("board")));
  BOOST_TEST(!has(answers, left("team:a")));
}

BOOST_AUTO_TEST_CASE(keeps_its_rights_if_the_new_token_is_refused) {
  connect_with(R"("rooms":["1"])");
  enter("chat:1", 1);
  feed(R"(29["weir:token","x"])");
  BOOST_TEST(leaves.empty());
  BOOST_TEST(has(deliver(1, R"(2["said",1])"), "said"));
}

// -- coming back --------------------------------------------------------------

struct returning_fixture : permission_fixture {
  /// Of the last event.
  static std::string offset_of(const texts& packets) {
    auto end = packets.back().rfind('"');
    auto begin = packets.back().rfind('"', end - 1) + 1;
    return packets.back().substr(begin, end - begin);
  }

  /// In "chat:1" and "chat:2", then comes back with these claims.
  void come_back(const std::string& claims) {
    auto arrival = connect_with(R"("rooms":["1","2"])").front();
    auto pid = *json::string_value(
      *json::at(std::string_view{arrival}.substr(1), "/pid"));
    enter("chat:1", 1);
    join("chat:2");
    auto offset = offset_of(admit(1, 2));
    session->hang_up();
    run();
    joins.clear();
    restart();
    connect_with(claims,
                 R"(,"pid":")" + pid + R"(","offset":")" + offset + "\"");
  }

  texts grant(bool granted = true) {
    BOOST_TEST_REQUIRE(resumes.size() == 1u);
    tell(connection, resume_answered{resumes[0].socket, granted});
    return session->take();
  }
};

BOOST_FIXTURE_TEST_CASE(comes_back_to_all_rooms_with_the_same_rights,
                        returning_fixture) {
  come_back(R"("rooms":["1","2"])");
  grant();
  BOOST_TEST((joined_rooms() == texts{"chat:1", "chat:2"}));
}

BOOST_FIXTURE_TEST_CASE(comes_back_to_fewer_rooms_with_fewer_rights,
                        returning_fixture) {
  come_back(R"("rooms":["2"])");
  BOOST_TEST(grant() == texts{});
  BOOST_TEST((joined_rooms() == texts{"chat:2"}));
  auto told = admit(0, 2);
  BOOST_TEST_REQUIRE(told.size() >= 2u);
  BOOST_TEST(told[0].starts_with(R"(0{"sid":"s1")"));
  BOOST_TEST(has({told[1]}, left("chat:1")));
  BOOST_TEST(has(join("chat:1", "1"), denied));
}

BOOST_FIXTURE_TEST_CASE(comes_back_to_no_room_without_any, returning_fixture) {
  come_back("");
  auto told = grant();
  BOOST_TEST(told.at(0).starts_with(R"(0{"sid":"s1")"));
  BOOST_TEST(has(told, left("chat:1")));
  BOOST_TEST(has(told, left("chat:2")));
  BOOST_TEST(joins.empty());
}

BOOST_FIXTURE_TEST_CASE(has_its_rights_where_it_cannot_come_back,
                        returning_fixture) {
  come_back(R"("rooms":["2"],"teams":["a"])");
  auto told = grant(false);
  BOOST_TEST(told.at(0).starts_with(R"(0{"sid":"s)"));
  BOOST_TEST(!has(told, "weir:left"));
  BOOST_TEST((joined_rooms() == texts{"team:a"}));
  BOOST_TEST(has(join("chat:1", "1"), denied));
  join("chat:2", "2");
  BOOST_TEST((joined_rooms() == texts{"team:a", "chat:2"}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(without_tokens_everything_is_allowed,
                        test::connection_fixture) {
  connect();
  join("chat:1", "1");
  emit();
  BOOST_TEST(joins.at(0).with_history);
  BOOST_TEST(emits.size() == 1u);
}

} // namespace
} // namespace weir
