#include "transport/auth/decision.hpp"

#include "transport/auth/decision_cache.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

using namespace weir::auth;

namespace {

constexpr std::size_t max_room = 32;
constexpr std::int64_t now = 1'700'000'000;

decision_question question() {
  return {.what = decision_question::kind::join,
          .nsp = "/chat",
          .user = "ada",
          .room = "chat:1",
          .address = "192.0.2.1",
          .claims = R"({"sub":"ada"})"};
}

decision until(std::int64_t when) {
  return {.allow = true, .expires = when};
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_decision)

BOOST_AUTO_TEST_CASE(is_read_whole) {
  auto x = read_decision(R"({"allow": true, "rooms": ["a", "b"], "user": "ada",
                             "expires_at": 1700000060, "more": {}})",
                         max_room);
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST((*x == decision{true, {"a", "b"}, "ada", now + 60}));
  x = read_decision(R"({"allow": false, "rooms": null, "user": null})",
                    max_room);
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST((*x == decision{}));
}

BOOST_AUTO_TEST_CASE(is_none_where_anything_is_wrong) {
  const std::string many(max_room + 1, 'x');
  for (auto& x : {std::string{},
                  std::string{"true"},
                  std::string{"{}"},
                  std::string{"[]"},
                  std::string{R"({"allow": 1})"},
                  std::string{R"({"allow": "true"})"},
                  std::string{R"({"allow": null})"},
                  std::string{R"({"allow": true)"},
                  std::string{R"({"allow": true} x)"},
                  std::string{R"({"allow": true, "rooms": "a"})"},
                  std::string{R"({"allow": true, "rooms": [1]})"},
                  std::string{R"({"allow": true, "rooms": [""]})"},
                  R"({"allow": true, "rooms": [")" + many + R"("]})",
                  std::string{R"({"allow": true, "user": 1})"},
                  std::string{R"({"allow": true, "user": ""})"},
                  std::string{R"({"allow": true, "user": "a\nb"})"},
                  std::string{R"({"allow": true, "expires_at": "soon"})"},
                  std::string{R"({"allow": true, "expires_at": -1})"},
                  std::string{R"({"allow": true, "expires_at": 1e99})"},
                  std::string(max_decision + 1, ' ')})
    BOOST_TEST(!read_decision(x, max_room).has_value(), x);
}

// What is cut or changed anywhere never allows what was denied.
BOOST_AUTO_TEST_CASE(no_garbage_allows) {
  const std::string denied
    = R"({"allow": false, "rooms": ["a"], "user": "ada", "expires_at": 17})";
  std::mt19937 random{3};
  for (auto i = 0; i < 20'000; ++i) {
    auto text = denied.substr(0, random() % (denied.size() + 1));
    for (auto n = random() % 4; n > 0 && !text.empty(); --n)
      text[random() % text.size()] = static_cast<char>(random());
    auto x = read_decision(text, max_room);
    BOOST_TEST((!x || !x->allow), text);
  }
}

BOOST_AUTO_TEST_CASE(is_asked_for_by_a_cloud_event) {
  auto event
    = boost::json::parse(to_cloud_event(question(), "7", "/weir/a", now))
        .as_object();
  BOOST_TEST(event.at("specversion") == "1.0");
  BOOST_TEST(event.at("id") == "7");
  BOOST_TEST(event.at("source") == "/weir/a");
  BOOST_TEST(event.at("type") == "weir.join");
  BOOST_TEST(event.at("time") == "2023-11-14T22:13:20Z");
  BOOST_TEST(event.at("datacontenttype") == "application/json");
  auto& data = event.at("data").as_object();
  BOOST_TEST(data.at("namespace") == "/chat");
  BOOST_TEST(data.at("user") == "ada");
  BOOST_TEST(data.at("room") == "chat:1");
  BOOST_TEST(data.at("address") == "192.0.2.1");
  BOOST_TEST(data.at("claims").at("sub") == "ada");
  BOOST_TEST(!data.contains("auth"));
}

BOOST_AUTO_TEST_CASE(may_depend_on_what_a_client_without_a_token_shows) {
  decision_question x{.nsp = "/",
                      .user = {},
                      .room = {},
                      .address = {},
                      .claims = {},
                      .auth = R"({"key":"k"})"};
  auto data = [&] {
    return boost::json::parse(to_cloud_event(x, "7", "/weir/a", now))
      .at("data")
      .as_object();
  };
  BOOST_TEST(data().at("auth").at("key") == "k");
  BOOST_TEST(data().at("user").is_null());
  BOOST_TEST(data().at("claims").is_null());
  x.auth.clear();
  BOOST_TEST(data().at("auth").is_null());
}

BOOST_AUTO_TEST_CASE(does_not_depend_on_what_a_client_that_comes_back_adds) {
  BOOST_TEST(shown_by(R"({"key":"k","pid":"p","offset":"o"})")
             == R"({"key":"k"})");
  for (auto* x : {R"({"pid":"p","offset":"o"})", "{}", "", "[1]", "x"})
    BOOST_TEST(shown_by(x) == "", x);
  std::string deep(100, '[');
  deep = R"({"a":)" + deep + std::string(100, ']') + "}";
  BOOST_TEST(shown_by(deep) == deep);
}

BOOST_AUTO_TEST_CASE(is_kept_for_the_same_question_only) {
  auto x = question();
  auto other = [&](auto decision_question::*member, auto value) {
    auto y = question();
    y.*member = value;
    return y.key();
  };
  BOOST_TEST(x.key() == question().key());
  for (auto& key :
       {other(&decision_question::what, decision_question::kind::connect),
        other(&decision_question::nsp, "/chat "),
        other(&decision_question::user, "bob"),
        other(&decision_question::room, "chat:2"),
        other(&decision_question::address, "192.0.2.2"),
        other(&decision_question::auth, R"({"key":1})"),
        other(&decision_question::claims, R"({"sub":"ada","role":"admin"})")})
    BOOST_TEST(x.key() != key, key);
  // Parts do not run into each other.
  auto a = question(), b = question();
  a.user = "ada chat:1", a.room = "";
  b.user = "ada", b.room = " chat:1";
  BOOST_TEST(a.key() != b.key());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_decision_cache)

BOOST_AUTO_TEST_CASE(keeps_answers_until_they_expire) {
  decision_cache x{10, 1 << 20};
  x.put("a", until(now + 2), now);
  BOOST_TEST_REQUIRE(x.find("a", now + 1) != nullptr);
  BOOST_TEST(x.find("a", now + 1)->allow);
  BOOST_TEST(x.find("a", now + 2) == nullptr);
  BOOST_TEST(x.size() == 0u);
  BOOST_TEST(x.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(keeps_nothing_that_has_no_time) {
  decision_cache x{10, 1 << 20};
  x.put("a", {.allow = true}, now);
  x.put("b", until(now), now);
  BOOST_TEST(x.size() == 0u);
  x.put("a", until(now + 9), now);
  x.put("a", {.allow = true}, now); // the later answer counts
  BOOST_TEST(x.find("a", now) == nullptr);
}

BOOST_AUTO_TEST_CASE(keeps_no_answer_for_longer_than_an_hour) {
  decision_cache x{10, 1 << 20};
  x.put("a", until(std::numeric_limits<std::int64_t>::max()), now);
  auto* found = x.find("a", now + decision_cache::max_age - 1);
  BOOST_TEST_REQUIRE(found != nullptr);
  // whom it lets in stays for as long as the answer says
  BOOST_TEST(*found->expires == std::numeric_limits<std::int64_t>::max());
  BOOST_TEST(x.find("a", now + decision_cache::max_age) == nullptr);
}

BOOST_AUTO_TEST_CASE(forgets_what_was_not_asked_for_longest) {
  decision_cache x{2, 1 << 20};
  x.put("a", until(now + 9), now);
  x.put("b", until(now + 9), now);
  x.find("a", now);
  x.put("c", until(now + 9), now);
  BOOST_TEST(x.find("a", now) != nullptr);
  BOOST_TEST(x.find("b", now) == nullptr);
  BOOST_TEST(x.find("c", now) != nullptr);
}

BOOST_AUTO_TEST_CASE(is_bounded_in_entries_and_bytes) {
  std::mt19937 random{5};
  decision_cache x{50, 20'000};
  for (auto i = 0; i < 5'000; ++i) {
    auto answer = until(now + random() % 20);
    answer.rooms.assign(random() % 30, std::string(random() % 200, 'r'));
    x.put(std::to_string(random() % 100), answer, now + i / 500);
    if (random() % 2)
      x.find(std::to_string(random() % 100), now + i / 500);
    BOOST_TEST_REQUIRE(x.size() <= 50u);
    BOOST_TEST_REQUIRE(x.bytes() <= 20'000u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
