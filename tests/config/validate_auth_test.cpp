// What [auth.jwt] says about tokens.

#include "config/validate.hpp"
#include "tests/config/config_fixture.hpp"

namespace {

using namespace std::chrono_literals;
using namespace weir;
using test::lines;

struct fixture : test::config_fixture {
  fixture() {
    for (auto name : {"a.pem", "b.pem", "keys.json", "secret"})
      std::ofstream{folder / name} << "...";
  }

  std::string whole(const std::string& text, const std::string& rest = "") {
    return "[auth.jwt]\n" + text + "[kafka]\nembedded = true\n" + rest
           + "[[namespace]]\n";
  }

  /// `text` begins at line 2, within [auth.jwt].
  void expect_in_auth(const std::string& text, const lines& expected) {
    expect(whole(text), expected);
  }

  const std::string rs = "algorithms = [\"RS256\"]\n";
  const std::string hs = "algorithms = [\"HS256\"]\n";
};

BOOST_FIXTURE_TEST_SUITE(validate_auth, fixture)

BOOST_AUTO_TEST_CASE(every_key_is_read) {
  auto x = load(
    whole("algorithms = [\"PS256\", \"EdDSA\", \"HS512\"]\n"
          "keys = [\"a.pem\", \"b.pem\"]\njwks = \"keys.json\"\n"
          "secret_file = \"secret\"\nissuer = \"me\"\n"
          "audience = [\"you\"]\nleeway = \"5s\"\n"
          "token = [\"header\", \"cookie:id\", \"query:t\", "
          "\"auth:/a/b\"]\nuser = \"/a~1b/0\"\n"
          "max_refused = 3\nmax_token = \"2KiB\"\nexpiry_notice = \"1s\"\n"));
  BOOST_TEST(messages(x) == lines{}, boost::test_tools::per_element());
  jwt_options expected;
  expected.algorithms = {"PS256", "EdDSA", "HS512"};
  expected.keys = {(folder / "a.pem").string(), (folder / "b.pem").string()};
  expected.jwks = (folder / "keys.json").string();
  expected.secret_file = (folder / "secret").string();
  expected.issuer = "me";
  expected.audience = {"you"};
  expected.leeway = 5s;
  expected.token = {"header", "cookie:id", "query:t", "auth:/a/b"};
  expected.user = "/a~1b/0";
  expected.max_token = 2048;
  expected.max_refused = 3;
  expected.expiry_notice = 1s;
  BOOST_TEST((x.value.auth.jwt == expected));
}

BOOST_AUTO_TEST_CASE(certificates_are_users_where_there_are_certificates) {
  auto with = [&](const std::string& tls, const std::string& name = "uri") {
    return "[auth]\ncertificate_user = \"" + name + "\"\n" + tls
           + "[kafka]\nembedded = true\n[[namespace]]\nauth = \"optional\"\n"
             "[[namespace.mapping]]\nroom = \"a\"\ntopic = \"t\"\n"
             "allow.join = [\"authenticated\"]\n";
  };
  const std::string tls = "[server.tls]\ncertificate = \"a.pem\"\n"
                          "key = \"b.pem\"\n";
  const std::string ca = "client_ca = \"a.pem\"\n";
  for (auto& [name, expected] : {std::pair{"uri", certificate_name::uri},
                                 std::pair{"dns", certificate_name::dns},
                                 std::pair{"email", certificate_name::email}}) {
    auto x = load(with("deny_topic = \"denied\"\n" + tls + ca
                         + "[limits]\nconnections_per_user = 3\n",
                       name));
    BOOST_TEST(messages(x) == lines{}, boost::test_tools::per_element());
    BOOST_TEST((x.value.auth.certificate_user == expected));
  }
  auto alone = "weir.toml:2:20: certificate_user: no client shows a "
               "certificate; set client_ca in [server.tls] to the "
               "authorities that have signed them, or leave it out";
  expect(with(tls), {alone});
  expect(with(""), {alone});
  expect(with("[admin.tls]\n" + tls.substr(13) + ca), {alone});
  expect(with(tls + ca, "cn"),
         {R"(weir.toml:2:20: certificate_user: unknown value "cn"; )"
          R"(possible: "none", "uri", "dns", "email")"});
}

BOOST_AUTO_TEST_CASE(a_deny_topic_is_of_tokens_and_its_own) {
  auto with = [&](const std::string& auth) {
    return auth + whole("algorithms = [\"RS256\"]\nkeys = [\"a.pem\"]\n")
           + "[[namespace.mapping]]\nroom = \"a\"\ntopic = \"t\"\n";
  };
  expect(with("[auth]\ndeny_topic = \"denied\"\n"), {});
  expect(with("[auth]\ndeny_topic = \"t\"\n"),
         {"weir.toml:2:14: deny_topic: \"t\" is the topic of a mapping, too; "
          "who is denied needs a topic of its own"});
  expect(with("[auth]\ndeny_topic = \"a b\"\n"),
         {"weir.toml:2:14: deny_topic: \"a b\" is not a topic's name; use 1 to "
          "249 letters, digits, \".\", \"_\" and \"-\""});
  expect("[auth]\ndeny_topic = \"denied\"\n[kafka]\nembedded = true\n"
         "[[namespace]]\n",
         {"weir.toml:2:14: deny_topic: denies nobody without tokens; set "
          "algorithms and keys in [auth.jwt], or leave it out"});
}

BOOST_AUTO_TEST_CASE(a_webhook_has_an_endpoint_and_a_secret) {
  auto with = [](const std::string& webhook, const std::string& nsp = "") {
    return "[auth.webhook]\n" + webhook
           + "[kafka]\nembedded = true\n[[namespace]]\n" + nsp;
  };
  const std::string url = "url = \"https://a.example/ask\"\n";
  const std::string secret = "secret = \"whsec_\"\n";
  const std::string asks = "webhook = [\"connect\", \"join\"]\n";
  expect(with(url + secret, asks), {});
  expect(with(url + "secret_file = \"secret\"\n", asks), {});
  expect(with(secret), {"weir.toml:1:1: [auth.webhook] needs url, the endpoint "
                        "that is asked"});
  expect(with(url, asks), {"weir.toml:2:7: url: questions must be signed; set "
                           "secret_file in [auth.webhook], or the variable "
                           "WEIR_AUTH_WEBHOOK_SECRET"});
  expect(with(url + secret + "ca = \"nowhere.pem\"\n", asks),
         {"weir.toml:4:6: ca: \"nowhere.pem\" is not a file; relative ones "
          "start at the configuration's own folder"});
  expect("[kafka]\nembedded = true\n[[namespace]]\n" + asks,
         {"weir.toml:4:11: webhook: there is nobody to ask; set url and "
          "secret_file in [auth.webhook], or leave it out"});
  expect(
    with(url + secret, "webhook = [\"emit\"]\n"),
    {"weir.toml:7:12: webhook: unknown value \"emit\"; possible: \"connect\", "
     "\"join\""});
}

BOOST_AUTO_TEST_CASE(without_the_section_nothing_is_asked) {
  auto x = load("[kafka]\nembedded = true\n[[namespace]]\n");
  BOOST_TEST(x.errors.empty());
  BOOST_TEST(!x.value.auth.jwt.is_configured());
}

BOOST_AUTO_TEST_CASE(a_section_without_algorithms_lets_nobody_in_by_mistake) {
  const lines missing{"weir.toml:1:1: [auth.jwt] needs algorithms, the "
                      "signatures that count, such as [\"RS256\"]"};
  expect_in_auth("", missing);
  expect_in_auth("issuer = \"me\"\nkeys = [\"a.pem\"]\n", missing);
  expect_in_auth("algorithms = []\n",
                 {"weir.toml:2:14: algorithms: no token could be valid; list "
                  "the signatures that count, such as [\"RS256\"], or leave "
                  "[auth.jwt] out"});
  expect_in_auth("algorithm = [\"RS256\"]\nkeys = [\"a.pem\"]\n",
                 {"weir.toml:2:1: unknown key \"algorithm\", did you mean "
                  "\"algorithms\"?"});
}

BOOST_AUTO_TEST_CASE(algorithms_are_those_of_the_standards_and_never_none) {
  for (auto name : {"none", "None", "RS1", "rs256", "HS128", "ES256K"}) {
    auto x = load(whole("algorithms = [\"" + std::string{name}
                        + "\"]\nkeys = [\"a.pem\"]\n"));
    BOOST_TEST_REQUIRE(x.errors.size() == 1u, name);
    BOOST_TEST(x.errors[0].line == 2u);
    BOOST_TEST(x.errors[0].message.starts_with("algorithms: "));
  }
}

BOOST_AUTO_TEST_CASE(what_verifies_must_fit_the_algorithms) {
  expect_in_auth(hs, {"weir.toml:2:14: algorithms: HS256, HS384 and HS512 need "
                      "a secret; set secret_file, or the variable "
                      "WEIR_AUTH_JWT_SECRET"});
  expect_in_auth(rs, {"weir.toml:2:14: algorithms: nothing to verify such "
                      "tokens with; set keys = [\"public.pem\"], or jwks to a "
                      "file or an https:// URL"});
  expect_in_auth(rs + "keys = [\"a.pem\"]\nsecret = \"not shown\"\n",
                 {"weir.toml:4:10: secret: is for HS256, HS384 and HS512 only, "
                  "and none of them is in algorithms; leave it out"});
  expect_in_auth(hs + "secret_file = \"secret\"\nkeys = [\"a.pem\"]\n",
                 {"weir.toml:4:8: keys: public keys are of no use for what is "
                  "in algorithms; leave it out, or list the algorithms that "
                  "your tokens are signed with, such as \"RS256\""});
  expect_in_auth(hs + "secret_file = \"secret\"\nsecret = \"not shown\"\n",
                 {"weir.toml:3:15: secret_file: not together with secret; set "
                  "one of them"});
}

BOOST_AUTO_TEST_CASE(files_must_be_there) {
  const std::string rest = "\" is not a file; relative ones start at the "
                           "configuration's own folder";
  expect_in_auth(rs + "keys = [\"a.pem\", \"c.pem\"]\n",
                 {"weir.toml:3:18: keys: \"c.pem" + rest});
  expect_in_auth(rs + "jwks = \"c.json\"\n",
                 {"weir.toml:3:8: jwks: \"c.json" + rest});
  expect_in_auth(hs + "secret_file = \"no\"\n",
                 {"weir.toml:3:15: secret_file: \"no" + rest});
}

BOOST_AUTO_TEST_CASE(key_sets_come_over_https_only) {
  expect_in_auth(rs + "jwks = \"https://id.example/jwks\"\n", {});
  for (auto url : {"http://id.example/jwks", "file:///jwks", "HTTPS://a"})
    expect_in_auth(rs + "jwks = \"" + url + "\"\n",
                   {"weir.toml:3:8: jwks: \"" + std::string{url}
                    + "\" is neither a file nor an https:// URL; keys that "
                      "come over anything else could be anybody's"});
  expect_in_auth(rs + "jwks = \"keys.json\"\njwks_ca = \"a.pem\"\n",
                 {"weir.toml:4:11: jwks_ca: is for a jwks that is an https:// "
                  "URL; leave it out"});
}

BOOST_AUTO_TEST_CASE(places_and_claims_are_looked_at) {
  const std::string begin = "weir.toml:4:10: token: \"";
  const std::string end = "\" is no place for a token; those are "
                          "\"auth:/token\" (a JSON pointer into what clients "
                          "connect with), \"header\", \"cookie:name\" and "
                          "\"query:name\"";
  for (const std::string bad :
       {"", "Header", "auth:", "auth:token", "auth:/a~2",
        "cookie:", "query:", "cookie:a b", "query:a=b", "body"})
    expect_in_auth(rs + "keys = [\"a.pem\"]\ntoken = [\"" + bad + "\"]\n",
                   {begin + bad + end});
  for (const std::string bad : {"", "sub", "/a~"})
    expect_in_auth(rs + "keys = [\"a.pem\"]\nuser = \"" + bad + "\"\n",
                   {"weir.toml:4:8: user: \"" + bad
                    + "\" is not a JSON pointer to a claim, such as \"/sub\""});
  expect_in_auth(rs + "keys = [\"a.pem\"]\ntoken = []\n",
                 {"weir.toml:4:9: token: a token must be somewhere; the "
                  "default is [\"auth:/token\"]"});
}

BOOST_AUTO_TEST_CASE(what_is_kept_of_a_request_has_room_for_its_token) {
  const std::string text = rs + "keys = [\"a.pem\"]\ntoken = [\"header\"]\n";
  auto x = load(whole(text));
  BOOST_TEST(x.errors.empty());
  BOOST_TEST(x.value.limits.handshake == 9 * kib);
  BOOST_TEST(x.value.server.max_header == 16 * kib);
  x = load(whole(text + "max_token = \"64KiB\"\n"));
  BOOST_TEST(x.value.limits.handshake == 65 * kib);
  BOOST_TEST(x.value.server.max_header == 65 * kib);
  expect(whole(text, "[limits]\nhandshake = \"8KiB\"\n"),
         {"weir.toml:8:13: handshake: has no space for a token of "
          "auth.jwt.max_token bytes; set at least 9216, or leave it out"});
  x = load(whole(rs + "keys = [\"a.pem\"]\n"));
  BOOST_TEST(x.value.limits.handshake == limits_options{}.handshake);
}

BOOST_AUTO_TEST_CASE(a_namespace_that_asks_for_tokens_wants_the_section) {
  auto of = [](const std::string& policy) {
    return "[kafka]\nembedded = true\n[[namespace]]\nauth = \"" + policy
           + "\"\n";
  };
  for (const std::string policy : {"required", "optional"})
    expect(of(policy), {"weir.toml:4:8: auth: tells nobody apart without "
                        "tokens; set algorithms and keys in [auth.jwt]"});
  expect(of("none"), {});
  expect(whole(rs + "keys = [\"a.pem\"]\n") + "auth = \"optional\"\n", {});
}

BOOST_AUTO_TEST_CASE(no_message_shows_the_secret) {
  const std::string secret = "my secret";
  for (auto& text :
       {rs + "keys = [\"a.pem\"]\nsecret = \"my secret\"\n",
        hs + "secret = \"my secret\"\nsecret_file = \"secret\"\n",
        hs + "secret = [\"my secret\"]\n",
        hs + "secret = {a = \"my secret\"}\n", hs + "secre = \"my secret\"\n"})
    for (auto& message : messages(load(whole(text))))
      BOOST_TEST(message.find(secret) == std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(the_secret_comes_from_the_environment_too) {
  write(whole(hs));
  auto x = load_config({.file = file(),
                        .environment = {{"WEIR_AUTH_JWT_SECRET", "0123456789"}},
                        .overrides = {}});
  BOOST_TEST(x.errors.empty());
  BOOST_TEST(x.value.auth.jwt.secret == "0123456789");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
