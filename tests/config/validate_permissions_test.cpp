// Who may do what: `allow`, and rooms by claim.

#include "config/permission.hpp"
#include "config/validate.hpp"
#include "tests/config/config_fixture.hpp"

namespace {

using namespace weir;
using test::lines;

struct fixture : test::config_fixture {
  fixture() { std::ofstream{folder / "a.pem"} << "..."; }

  /// `text` is line 9, in a mapping of "chat:{id}".
  std::string with(const std::string& text,
                   const std::string& auth = "required",
                   const std::string& room = "chat:{id}") {
    return "[auth.jwt]\nalgorithms = [\"RS256\"]\nkeys = [\"a.pem\"]\n"
           "[[namespace]]\nauth = \""
           + auth + "\"\n[[namespace.mapping]]\nroom = \"" + room
           + "\"\ntopic = \"t\"\n" + text
           + "\nevents = [\"e\"]\nroom_from = \"/0\"\n[kafka]\n"
             "embedded = true\n";
  }

  std::string without_tokens(const std::string& text) {
    return "[kafka]\nembedded = true\n[[namespace]]\n[[namespace.mapping]]\n"
           "room = \"chat:{id}\"\ntopic = \"t\"\n"
           + text + "\n";
  }

  void expect_in_mapping(const std::string& text, const lines& expected) {
    expect(with(text), expected);
  }

  const std::string not_a_rule
    = " is not a rule; those are \"anyone\", \"authenticated\", and a JSON "
      "pointer to a claim with what must be there, such as \"/rooms = {id}\"";
};

BOOST_FIXTURE_TEST_SUITE(validate_permissions, fixture)

BOOST_AUTO_TEST_CASE(rules_are_read) {
  auto x = load(with("allow = { join = [\"/rooms = {id}\"], emit = [\"/role = "
                     "admin\", \"anyone\"], history = [\"authenticated\"] }"));
  BOOST_TEST(messages(x) == lines{}, boost::test_tools::per_element());
  auto& allow = x.value.namespaces.at(0).mappings.at(0).allow;
  BOOST_TEST((allow.join == lines{"/rooms = {id}"}));
  BOOST_TEST((allow.emit == lines{"/role = admin", "anyone"}));
  BOOST_TEST((allow.history == lines{"authenticated"}));
}

BOOST_AUTO_TEST_CASE(a_room_may_be_joined_by_claim) {
  auto x = load(with("join = \"claim:/a~1b/rooms\""));
  BOOST_TEST(messages(x) == lines{}, boost::test_tools::per_element());
  auto& mapping = x.value.namespaces.at(0).mappings.at(0);
  BOOST_TEST((mapping.join == join_policy::claim));
  BOOST_TEST(mapping.join_claim == "/a~1b/rooms");
}

BOOST_AUTO_TEST_CASE(what_is_no_rule_is_refused) {
  for (std::string bad : {"everyone", "", "rooms = {id}", "/rooms", "/rooms=x",
                          "/rooms = ", "= x", " = x"})
    expect_in_mapping("allow.join = [\"" + bad + "\"]",
                      {"weir.toml:9:15: join: \"" + bad + "\"" + not_a_rule});
  expect_in_mapping("allow.join = [\"/a~2 = x\"]",
                    {"weir.toml:9:15: join: \"/a~2\" is not a JSON pointer to "
                     "a claim, such as \"/sub\""});
  expect_in_mapping("allow.join = [\"/a = {x\"]",
                    {"weir.toml:9:15: join: \"{x\" has a \"{\" without a "
                     "\"}\" after it"});
}

BOOST_AUTO_TEST_CASE(a_capture_must_be_one_of_the_rooms) {
  for (std::string verb : {"join", "emit", "history"})
    expect_in_mapping(
      "allow." + verb + " = [\"anyone\", \"/a = {room}\"]",
      {"weir.toml:9:" + std::to_string(verb.size() + 21) + ": " + verb
       + ": \"/a = {room}\" has a name in braces that the room \"chat:{id}\" "
         "does not have"});
}

BOOST_AUTO_TEST_CASE(unknown_verbs_are_refused) {
  expect_in_mapping(
    "allow.emits = [\"anyone\"]",
    {R"(weir.toml:9:7: unknown key "emits", did you mean "emit"?)"});
  expect_in_mapping("allow = [\"anyone\"]",
                    {"weir.toml:9:9: allow: expected a table, written "
                     "[namespace.mapping.allow], got a list"});
}

BOOST_AUTO_TEST_CASE(without_tokens_there_is_nothing_to_allow) {
  expect(without_tokens("allow.join = [\"anyone\"]"),
         {"weir.toml:7:14: join: without tokens everything is allowed; set "
          "algorithms and keys in [auth.jwt], or leave allow out"});
  expect(without_tokens("join = \"claim:/rooms\""),
         {"weir.toml:7:8: join: \"claim:\" is of no use without tokens; set "
          "algorithms and keys in [auth.jwt]"});
}

BOOST_AUTO_TEST_CASE(a_certificate_has_one_claim) {
  auto with_certificates = [&](const std::string& text) {
    return "[auth]\ncertificate_user = \"uri\"\n[server.tls]\n"
           "certificate = \"a.pem\"\nkey = \"a.pem\"\nclient_ca = "
           "\"a.pem\"\n"
           + without_tokens(text);
  };
  expect(with_certificates("allow.join = [\"/sub = {id}\", \"anyone\", "
                           "\"authenticated\"]"),
         {});
  expect(with_certificates("join = \"claim:/sub\""), {});
  const std::string rest = " is no claim of a certificate, which has \"/sub\" "
                           "alone; for others set algorithms and keys in "
                           "[auth.jwt]";
  expect(with_certificates("allow.join = [\"/sub = a\", \"/rooms = {id}\"]"),
         {"weir.toml:13:27: join: \"/rooms\"" + rest});
  expect(with_certificates("join = \"claim:/rooms\""),
         {"weir.toml:13:8: join: \"/rooms\"" + rest});
}

BOOST_AUTO_TEST_CASE(where_nobody_is_asked_only_anyone_may) {
  const std::string other = "[[namespace]]\nname = \"/x\"\n";
  expect(with("allow.join = [\"anyone\", \"authenticated\"]", "none") + other,
         {"weir.toml:9:25: join: allows nobody where the namespace's auth is "
          "\"none\": nobody shows a token there; use \"anyone\""});
  expect(with("join = \"claim:/rooms\"", "none") + other,
         {"weir.toml:9:8: join: \"claim:\" is of no use where the namespace's "
          "auth is \"none\": nobody shows a token there"});
  expect(with("allow.join = [\"authenticated\"]", "optional"), {});
}

BOOST_AUTO_TEST_CASE(what_can_have_no_effect_is_refused) {
  expect_in_mapping("join = \"claim:/rooms\"\nallow.join = [\"anyone\"]",
                    {"weir.toml:10:14: join: has no effect: the claim of join "
                     "says who is in the rooms; leave it out"});
  auto text = with("allow.emit = [\"anyone\"]");
  auto events = std::string{"events = [\"e\"]\nroom_from = \"/0\"\n"};
  text.erase(text.find(events), events.size());
  expect(text, {"weir.toml:9:14: emit: has no effect: there are no events to "
                "emit into these rooms; leave it out"});
  // local events are emitted, too
  expect(
    text + "[[namespace]]\nname = \"/x\"\n",
    {"weir.toml:9:14: emit: has no effect: there are no events to emit into "
     "these rooms; leave it out"});
  auto kafka = std::string{"[kafka]"};
  auto with_local = text;
  with_local.insert(with_local.find(kafka),
                    "[[namespace.local]]\nevents = [\"l\"]\n"
                    "room_from = \"/0\"\n");
  expect(with_local, {});
}

BOOST_AUTO_TEST_CASE(a_claims_values_stand_for_one_capture) {
  expect(with("join = \"claim:/rooms\"", "required", "chat:{id}:{lang}"),
         {"weir.toml:9:8: join: \"claim:\" needs a room with one capture, "
          "which the claim's values stand for, unlike \"chat:{id}:{lang}\""});
  expect(with("join = \"claim:/rooms\"", "required", "chat"),
         {"weir.toml:9:8: join: \"claim:\" needs a room with a capture, which "
          "the claim's values stand for, unlike \"chat\"; use \"auto\", and "
          "allow.join for who is in it"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
