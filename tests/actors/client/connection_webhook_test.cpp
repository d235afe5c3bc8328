// What a client may do by a webhook, whatever it answers and whenever.

#include "tests/actors/client/connection_fixture.hpp"
#include "tests/transport/auth/token_maker.hpp"
#include "transport/socketio/json_slice.hpp"

namespace weir {
namespace {

using namespace std::chrono_literals;
using auth::algorithm;
using auth::decision;
using auth::decision_question;
using test::token_key;

/// "/" asks who may enter and join, and can recover; "/custom" asks nothing;
/// "/rooms" asks who may join its rooms, of which "news" is joined by itself.
struct webhook_fixture : test::connection_fixture {
  struct asked {
    decision_question question;
    auth::webhook::respond respond;
  };

  webhook_fixture() {
    nsps[0].recovery = 2min;
    nsps[0].webhook = {"connect", "join"};
    auto rooms = test::nsp("/rooms", {test::mapping("news", "news"),
                                      test::mapping("chat:{id}", "chat")});
    rooms.mappings[0].join = join_policy::automatic;
    rooms.webhook = {"join"};
    nsps.push_back(rooms);
    rules = test::rules_of(nsps);
    webhook = [this](decision_question x, auth::webhook::respond respond) {
      questions.push_back({std::move(x), std::move(respond)});
    };
    restart();
  }

  /// Tokens are taken, and where rules say who may do what, those of `allow`.
  void use_tokens(const std::vector<std::string>& allow = {"anyone"}) {
    for (auto& x : nsps) {
      x.auth = auth_policy::optional;
      for (auto& y : x.mappings)
        y.allow = {allow, allow, allow};
    }
    rules = test::rules_of(nsps);
    jwt_options x;
    x.algorithms = {"HS256"};
    denied->set_problem("");
    tokens = std::make_shared<const authenticator>(
      x,
      std::make_shared<const auth::current_keys>(
        std::make_shared<const auth::key_set>(
          std::vector{auth::key_from_secret(secret)})),
      nullptr, denied);
    restart();
  }

  texts connect_as(const std::string& user, const std::string& claims = "") {
    return feed(R"(0{"token":")" + token(user, claims) + R"("})");
  }

  std::string token(const std::string& user, const std::string& claims) const {
    return test::make_token(test::header_of(algorithm::hs256),
                            R"({"sub":")" + user + R"(","exp":)"
                              + std::to_string(seconds + 600) + claims + "}",
                            token_key::of_secret(secret), algorithm::hs256);
  }

  /// Answers the n-th question; what the client gets.
  texts answer(std::size_t n, std::optional<decision> x) {
    auto respond = std::exchange(questions.at(n).respond, nullptr);
    respond(std::move(x));
    respond = nullptr;
    run();
    return session->take();
  }

  texts allow(std::size_t n, decision x = {}) {
    x.allow = true;
    return answer(n, std::move(x));
  }

  texts deny(std::size_t n) { return answer(n, decision{}); }

  /// A client that is in "/".
  texts connect_allowed(decision x = {}) {
    feed("0");
    return allow(questions.size() - 1, std::move(x));
  }

  static std::string refusal(const std::string& code) {
    return R"(4{"message":"unauthorized","data":{"code":")" + code + R"("}})";
  }

  static bool has(const texts& packets, std::string_view part) {
    return std::any_of(packets.begin(), packets.end(), [&](auto& x) {
      return x.find(part) != std::string::npos;
    });
  }

  texts joined_rooms() const {
    texts result;
    for (auto& x : joins)
      result.push_back(x.room);
    return result;
  }

  /// The system's clock and that of timers.
  void pass(std::int64_t n) {
    seconds += n;
    advance(std::chrono::seconds{n});
  }

  std::vector<asked> questions;
  std::shared_ptr<auth::deny_list> denied
    = std::make_shared<auth::deny_list>(1000);
  static inline const std::string secret = std::string(32, 's');
};

constexpr auto not_allowed = R"("code":"not_allowed")";
constexpr auto unavailable = R"("code":"unavailable")";

BOOST_FIXTURE_TEST_SUITE(a_client_that_a_webhook_decides_on, webhook_fixture)

// -- who may enter ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(enters_when_it_is_allowed_and_not_before) {
  BOOST_TEST(feed(R"(0{"key":"k","pid":"p"})") == texts{});
  BOOST_TEST_REQUIRE(questions.size() == 1u);
  auto& x = questions[0].question;
  BOOST_TEST((x.what == decision_question::kind::connect));
  BOOST_TEST(x.nsp == "/");
  BOOST_TEST(x.user == "");
  BOOST_TEST(x.address == "127.0.0.1");
  BOOST_TEST(x.claims == "");
  BOOST_TEST(x.auth == R"({"key":"k"})");
  BOOST_TEST(allow(0).front().starts_with(R"(0{"sid":"s1")"));
}

BOOST_AUTO_TEST_CASE(does_not_enter_when_it_is_denied_or_nobody_answers) {
  feed("0");
  BOOST_TEST(deny(0) == texts{refusal("not_allowed")});
  feed("0");
  BOOST_TEST(answer(1, {}) == texts{refusal("unavailable")});
  feed("0");
  questions[2].respond = nullptr; // the webhook is gone with its questions
  run();
  BOOST_TEST(session->take() == texts{refusal("unavailable")});
  BOOST_TEST(opened.empty());
  webhook = nullptr;
  restart();
  BOOST_TEST(feed("0") == texts{refusal("unavailable")});
  BOOST_TEST(session->is_open());
}

BOOST_AUTO_TEST_CASE(asks_for_one_namespace_once_at_a_time) {
  feed("0");
  feed("0");
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(questions.size() == 1u);
  BOOST_TEST(allow(0) == texts{}); // it is gone
}

/// It is for the node to say whether the client may enter: that it does not is
/// no fault of the client's, which comes back.
BOOST_AUTO_TEST_CASE(is_closed_when_nobody_answers_in_time) {
  feed("0");
  BOOST_TEST(questions.size() == 1u);
  advance(45s);
  BOOST_TEST(!session->is_open());
  BOOST_TEST(!session->is_aborted());
  BOOST_TEST(is_over(connection));
}

BOOST_AUTO_TEST_CASE(is_in_other_namespaces_meanwhile) {
  feed("0");
  connect("/custom");
  BOOST_TEST(questions.size() == 1u);
  join("news"), emit();
  BOOST_TEST(session->is_aborted()); // "/" is not entered yet
}

BOOST_AUTO_TEST_CASE(does_not_use_up_a_connection_where_nobody_answers) {
  max_refused = 3;
  restart();
  for (auto i = 0u; i < 10; ++i)
    feed("0"), answer(i, {});
  BOOST_TEST(session->is_open());
  for (auto i = 10u; i < 13; ++i) {
    BOOST_TEST(session->is_open());
    feed("0"), deny(i);
  }
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(costs_the_client_credit) {
  limits.unanswered_emits = 1;
  restart();
  feed("0");
  BOOST_TEST(!session->is_read());
  allow(0);
  release_leases();
  BOOST_TEST(session->is_read());
}

BOOST_AUTO_TEST_CASE(shows_no_more_than_the_webhook_is_to_be_told) {
  max_shown = 500;
  restart();
  BOOST_TEST(feed(R"(0{"key":")" + std::string(990, 'x') + R"("})")
             == texts{refusal("too_large")});
  BOOST_TEST(questions.empty());
}

BOOST_AUTO_TEST_CASE(is_the_user_that_it_is_said_to_be) {
  connect_allowed({.user = "ada"});
  emit();
  BOOST_TEST_REQUIRE(emits.size() == 1u);
  BOOST_TEST(emits[0].ack.socket->user == "ada");
  using kind = engineio::unwanted::kind;
  BOOST_TEST(session->disconnect({kind::user, "bob"}) == 0u);
  BOOST_TEST(session->disconnect({kind::user, ""}) == 0u);
  BOOST_TEST(session->disconnect({kind::user, "ada"}) == 1u);
  BOOST_TEST(has(session->take(), "1"));
}

BOOST_AUTO_TEST_CASE(is_the_user_of_its_token) {
  use_tokens();
  connect_as("ada", R"(,"role":"admin")");
  auto& x = questions.at(0).question;
  BOOST_TEST(x.user == "ada");
  BOOST_TEST(*json::at(x.claims, "/role") == "\"admin\"");
  BOOST_TEST(x.auth == ""); // nobody is told the token
  BOOST_TEST(allow(0, {.user = "bob"}) == texts{refusal("not_allowed")});
  connect_as("ada");
  BOOST_TEST(allow(1, {.user = "ada"}).front().starts_with("0{"));
}

BOOST_AUTO_TEST_CASE(does_not_enter_who_is_denied_meanwhile_or_by_name) {
  use_tokens();
  connect_as("ada");
  denied->add("ada");
  BOOST_TEST(allow(0) == texts{refusal("revoked")});
  feed("0");
  BOOST_TEST(allow(1, {.user = "ada"}) == texts{refusal("revoked")});
  feed("0");
  BOOST_TEST(allow(2, {.user = "bob"}).front().starts_with("0{"));
  denied->add("bob");
  BOOST_TEST(session->disconnect({engineio::unwanted::kind::denied, "bob"})
             == 1u);
}

BOOST_AUTO_TEST_CASE(counts_as_a_connection_of_its_user) {
  users = std::make_shared<user_connections>(1);
  restart();
  connect_allowed({.user = "ada"});
  auto first = connect_another();
  feed("0");
  BOOST_TEST(has(allow(1, {.user = "ada"}), "too many connections"));
  feed("0");
  BOOST_TEST(allow(2, {.user = "bob"}).front().starts_with("0{"));
  BOOST_TEST(users->users() == 2u);
}

// -- for how long -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(stays_for_as_long_as_it_is_allowed_to) {
  connect_allowed({.expires = seconds + 3 * 24 * 3600});
  connect("/custom");
  pass(24 * 3600), pass(24 * 3600), pass(24 * 3600 - 1);
  BOOST_TEST(session->is_open());
  pass(1);
  BOOST_TEST(!session->is_open());
  BOOST_TEST(!session->is_aborted());
}

BOOST_AUTO_TEST_CASE(does_not_enter_when_it_was_allowed_to) {
  feed("0");
  BOOST_TEST(allow(0, {.expires = seconds}) == texts{refusal("not_allowed")});
  feed("0");
  BOOST_TEST(allow(1, {.expires = seconds + 1}).front().starts_with("0{"));
}

// -- rooms --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(joins_when_it_is_allowed_and_not_before) {
  connect_allowed({.user = "ada"});
  BOOST_TEST(join("chat:1", "1") == texts{});
  BOOST_TEST(joins.empty());
  auto& x = questions.at(1).question;
  BOOST_TEST((x.what == decision_question::kind::join));
  BOOST_TEST(x.nsp == "/");
  BOOST_TEST(x.user == "ada");
  BOOST_TEST(x.room == "chat:1");
  BOOST_TEST(x.address == "127.0.0.1");
  allow(1);
  BOOST_TEST((joined_rooms() == texts{"chat:1"}));
  BOOST_TEST(has(admit(0, 1), R"(31[{"status":"ok")"));
  join("chat:2", "2");
  BOOST_TEST(has(deny(2), not_allowed));
  join("chat:2", "3");
  BOOST_TEST(has(answer(3, {}), unavailable));
  BOOST_TEST(joins.size() == 1u);
}

BOOST_AUTO_TEST_CASE(joins_as_it_was_asked_to) {
  connect_allowed();
  feed(R"(27["join","chat:1",{"since":"0:5"}])");
  allow(1);
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST((joins[0].since == positions{{0, 5}}));
}

BOOST_AUTO_TEST_CASE(is_not_asked_about_what_is_refused_anyway) {
  connect_allowed();
  for (auto* x : {R"(21["join","nowhere"])", R"(22["join"])",
                  R"(23["join","chat:1",{"since":"x"}])"})
    BOOST_TEST(has(feed(x), R"("status":"error")"), x);
  BOOST_TEST(questions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(has_joins_of_one_room_answered_in_their_order) {
  connect_allowed();
  join("chat:1", "1"), join("chat:1", "2"), join("chat:2", "3");
  BOOST_TEST(questions.size() == 3u); // one about each room
  allow(1);
  BOOST_TEST((joined_rooms() == texts{"chat:1", "chat:1"}));
  BOOST_TEST(joins[0].ack.ack_id == "1");
  BOOST_TEST(joins[1].ack.ack_id == "2");
  auto answers = deny(2);
  BOOST_TEST(has(answers, R"(33[{"status":"error","code":"not_allowed")"));
}

BOOST_AUTO_TEST_CASE(leaves_a_room_that_it_has_not_been_let_into) {
  connect_allowed();
  join("chat:1", "1");
  auto answers = post_leave("chat:1", "2");
  BOOST_TEST(has(answers, R"(31[{"status":"error","code":"unavailable")"));
  BOOST_TEST(has(answers, R"(32[{"status":"error","code":"not_a_member")"));
  BOOST_TEST(allow(1) == texts{});
  BOOST_TEST(joins.empty());
  // and one that it asks for again before the answer
  join("chat:1", "3"), post_leave("chat:1", "4"), join("chat:1", "5");
  BOOST_TEST(questions.size() == 3u);
  allow(2);
  BOOST_TEST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].ack.ack_id == "5");
}

BOOST_AUTO_TEST_CASE(is_answered_when_it_leaves_the_namespace) {
  connect_allowed();
  join("chat:1", "1");
  BOOST_TEST(has(feed("1"), R"(31[{"status":"error","code":"unavailable")"));
  BOOST_TEST(allow(1) == texts{});
  BOOST_TEST(joins.empty());
}

BOOST_AUTO_TEST_CASE(is_answered_before_the_node_stops) {
  connect_allowed();
  release_leases();
  join("chat:1", "1");
  session->ask_to_close();
  run();
  BOOST_TEST(session->is_open());
  BOOST_TEST(has(deny(1), not_allowed));
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(may_go_while_it_is_asked_about) {
  connect_allowed();
  join("chat:1", "1");
  connect("/custom");
  session->hang_up();
  run();
  allow(1);
  BOOST_TEST(joins.size() == 1u); // of "/custom"
  restart();
  feed("0");
  end(connection);
  allow(2);
}

BOOST_AUTO_TEST_CASE(is_in_the_rooms_that_it_is_said_to_be_in) {
  limits.rooms_per_socket = 3;
  restart();
  connect_allowed({.rooms = {"chat:1", "nowhere", "chat:1", "vip:1"}});
  BOOST_TEST(questions.size() == 1u); // not asked about again
  BOOST_TEST((joined_rooms() == texts{"chat:1", "vip:1"}));
  joins.clear();
  restart();
  connect_allowed({.rooms = {"chat:1", "chat:2", "chat:3", "chat:4"}});
  BOOST_TEST((joined_rooms() == texts{"chat:1", "chat:2", "chat:3"}));
}

BOOST_AUTO_TEST_CASE(is_in_no_room_that_its_token_does_not_allow) {
  use_tokens({"/rooms = {id}"});
  connect_as("ada", R"(,"rooms":["1","2"])");
  allow(0, {.rooms = {"chat:1", "chat:3"}});
  BOOST_TEST((joined_rooms() == texts{"chat:1"}));
  BOOST_TEST(has(join("chat:3", "1"), not_allowed));
  BOOST_TEST(questions.size() == 1u);
  join("chat:2", "2");
  BOOST_TEST_REQUIRE(questions.size() == 2u);
  BOOST_TEST(*json::at(questions[1].question.claims, "/sub") == "\"ada\"");
  // another token comes before the answer
  feed(R"(29["weir:token",")" + token("ada", "") + R"("])");
  BOOST_TEST(has(allow(1), not_allowed));
  BOOST_TEST(joins.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_asked_about_the_rooms_that_it_is_in_by_itself) {
  connect("/rooms");
  BOOST_TEST_REQUIRE(questions.size() == 1u);
  BOOST_TEST(questions[0].question.room == "news");
  BOOST_TEST(joins.empty());
  allow(0);
  BOOST_TEST((joined_rooms() == texts{"news"}));
  restart();
  connect("/rooms");
  BOOST_TEST(
    has(deny(1), R"("weir:left",{"room":"news","reason":"not_allowed"})"));
  restart();
  connect("/rooms");
  BOOST_TEST(has(answer(2, {}), R"("reason":"unavailable")"));
  BOOST_TEST(joins.size() == 1u);
}

// -- coming back --------------------------------------------------------------

struct return_fixture : webhook_fixture {
  static std::string offset_of(const texts& packets) {
    auto end = packets.back().rfind('"');
    auto begin = packets.back().rfind('"', end - 1) + 1;
    return packets.back().substr(begin, end - begin);
  }

  /// In "chat:1" and "chat:2" as ada, then comes back; not allowed yet.
  void come_back() {
    auto packets = connect_allowed({.user = "ada"});
    auto pid = *json::string_value(
      *json::at(std::string_view{packets.front()}.substr(1), "/pid"));
    join("chat:1"), allow(1), join("chat:2"), allow(2);
    admit(0, 1);
    auto offset = offset_of(admit(1, 2));
    session->hang_up();
    run();
    joins.clear(), questions.clear();
    restart();
    BOOST_TEST(feed(R"(0{"pid":")" + pid + R"(","offset":")" + offset + "\"}")
               == texts{});
    BOOST_TEST(resumes.empty());
  }

  texts grant(bool granted = true) {
    BOOST_TEST_REQUIRE(resumes.size() == 1u);
    tell(connection, resume_answered{resumes[0].socket, granted});
    return session->take();
  }
};

BOOST_FIXTURE_TEST_CASE(is_asked_about_again_when_it_comes_back,
                        return_fixture) {
  come_back();
  allow(0, {.user = "ada", .expires = seconds + 60});
  grant();
  BOOST_TEST_REQUIRE(questions.size() == 3u);
  BOOST_TEST(questions[1].question.room == "chat:1");
  BOOST_TEST(allow(2) == texts{});
  BOOST_TEST((joined_rooms() == texts{"chat:2"}));
  BOOST_TEST(admit(0, 2) == texts{});
  auto told = deny(1);
  BOOST_TEST_REQUIRE(told.size() >= 2u);
  BOOST_TEST(told[0].starts_with(R"(0{"sid":"s1")"));
  BOOST_TEST(
    has({told[1]}, R"("weir:left",{"room":"chat:1","reason":"not_all)"));
  BOOST_TEST(joins.size() == 1u);
  pass(60);
  BOOST_TEST(!session->is_open());
}

BOOST_FIXTURE_TEST_CASE(comes_back_to_all_that_it_may, return_fixture) {
  come_back();
  allow(0, {.user = "ada"});
  grant();
  allow(1), allow(2);
  BOOST_TEST((joined_rooms() == texts{"chat:1", "chat:2"}));
  admit(0, 1);
  auto told = admit(1, 2);
  BOOST_TEST(told.at(0).starts_with(R"(0{"sid":"s1")"));
  BOOST_TEST(!has(told, "weir:left"));
}

BOOST_FIXTURE_TEST_CASE(comes_back_to_no_room_if_it_may_be_in_none,
                        return_fixture) {
  come_back();
  allow(0, {.user = "ada"});
  grant();
  BOOST_TEST(answer(1, {}) == texts{});
  auto told = deny(2);
  BOOST_TEST(told.at(0).starts_with(R"(0{"sid":"s1")"));
  BOOST_TEST(has(told, R"({"room":"chat:1","reason":"unavailable"})"));
  BOOST_TEST(has(told, R"({"room":"chat:2","reason":"not_allowed"})"));
  BOOST_TEST(joins.empty());
}

BOOST_FIXTURE_TEST_CASE(does_not_come_back_as_somebody_else, return_fixture) {
  come_back();
  auto told = allow(0, {.user = "eve"});
  BOOST_TEST(told.at(0).starts_with(R"(0{"sid":"s2")"));
  BOOST_TEST(resumes.empty());
}

BOOST_FIXTURE_TEST_CASE(keeps_what_was_said_of_it_where_it_cannot_come_back,
                        return_fixture) {
  come_back();
  allow(0, {.rooms = {"chat:9"}, .user = "ada", .expires = seconds + 60});
  auto told = grant(false);
  BOOST_TEST(told.at(0).starts_with(R"(0{"sid":"s2")"));
  BOOST_TEST((joined_rooms() == texts{"chat:9"}));
  emit();
  BOOST_TEST(emits.back().ack.socket->user == "ada");
  pass(60);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir
