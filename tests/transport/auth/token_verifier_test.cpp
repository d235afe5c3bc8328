#include "transport/auth/token_verifier.hpp"

#include "config/options/fixed_bounds.hpp"
#include "tests/transport/auth/foreign_tokens.hpp"
#include "tests/transport/auth/token_maker.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

namespace {

using namespace std::chrono_literals;
using namespace weir;
using namespace weir::auth;
using test::header_of;
using test::make_token;
using test::token_key;

constexpr std::int64_t noon = 1'700'000'000;

const std::vector<std::string> all_names{"RS256", "RS384", "RS512", "PS256",
                                         "PS384", "PS512", "ES256", "ES384",
                                         "ES512", "EdDSA", "HS256", "HS384",
                                         "HS512"};

std::vector<algorithm> all_algorithms() {
  std::vector<algorithm> result;
  for (auto& name : all_names)
    result.push_back(*algorithm_of(name));
  return result;
}

/// Made once: some take long.
const token_key& key_of(algorithm x) {
  static std::map<key_type, token_key> made;
  auto type = traits_of(x).key;
  auto i = made.find(type);
  if (i == made.end())
    i = made.emplace(type, token_key::make(x)).first;
  return i->second;
}

verification_key public_part(algorithm x, const token_key& key) {
  if (traits_of(x).key == key_type::secret)
    return key_from_secret(key.secret());
  auto read = keys_from_pem(key.public_pem());
  BOOST_TEST_REQUIRE(read.problem == "");
  return read.keys.at(0);
}

/// Every kind of key.
const key_set& all_keys() {
  static const auto result = [] {
    std::vector<verification_key> keys;
    for (auto x : {algorithm::rs256, algorithm::es256, algorithm::es384,
                   algorithm::es512, algorithm::eddsa, algorithm::hs256})
      keys.push_back(public_part(x, key_of(x)));
    return key_set{std::move(keys)};
  }();
  return result;
}

jwt_options settings() {
  jwt_options x;
  x.algorithms = all_names;
  return x;
}

const std::string good = R"({"sub":"ada","exp":1700003600})";

token_result verify(const std::string& token, const jwt_options& x = settings(),
                    const key_set& keys = all_keys()) {
  return token_verifier{x}.verify(token, keys, noon);
}

std::string signed_claims(const std::string& claims,
                          algorithm x = algorithm::es256) {
  return make_token(header_of(x), claims, key_of(x), x);
}

token_errc error_of(const std::string& claims,
                    const jwt_options& x = settings()) {
  return verify(signed_claims(claims), x).error;
}

/// What a client may be told.
std::string code_of(const std::string& token,
                    const jwt_options& x = settings()) {
  return std::string{to_string(verify(token, x).error)};
}

BOOST_AUTO_TEST_SUITE(token_verifier_suite)

BOOST_AUTO_TEST_CASE(a_good_token_of_each_algorithm_counts) {
  for (auto x : all_algorithms()) {
    auto result = verify(signed_claims(good, x));
    BOOST_TEST_CONTEXT(traits_of(x).name) {
      BOOST_TEST(to_string(result.error) == "none");
      BOOST_TEST((result.claims == token_claims{good, "ada", 1'700'003'600}));
    }
  }
}

BOOST_AUTO_TEST_CASE(tokens_of_another_implementation_count) {
  auto read = keys_from_jwks(test::foreign_keys);
  BOOST_TEST_REQUIRE(read.problem == "");
  BOOST_TEST_REQUIRE(read.keys.size() == 5u);
  read.keys.push_back(key_from_secret(test::foreign_secret));
  key_set keys{std::move(read.keys)};
  for (auto& x : test::foreign_tokens)
    BOOST_TEST(to_string(verify(x.text, settings(), keys).error) == "none",
               x.algorithm);
}

BOOST_AUTO_TEST_CASE(no_change_of_a_bit_is_overlooked) {
  for (auto x : all_algorithms()) {
    auto token = signed_claims(good, x);
    for (std::size_t i = 0; i < token.size() * 8; ++i) {
      auto changed = token;
      changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
      if (verify(changed).error == token_errc::none)
        BOOST_ERROR(traits_of(x).name << ": bit " << i << " of " << token);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_other_text_is_the_same_token) {
  auto token = signed_claims(good);
  for (auto& x : {token + "=", token + "==", " " + token, token + "\n",
                  token + ".", "." + token, token + "A", token.substr(1)})
    BOOST_TEST(code_of(x) != "none", x);
}

BOOST_AUTO_TEST_CASE(no_signature_serves_for_another_algorithm) {
  for (auto by : all_algorithms())
    for (auto said : all_algorithms()) {
      if (by == said)
        continue;
      auto token = make_token(header_of(said), good, key_of(by), by);
      BOOST_TEST(code_of(token) != "none",
                 traits_of(by).name << " as " << traits_of(said).name);
    }
}

BOOST_AUTO_TEST_CASE(no_key_of_somebody_else_serves) {
  for (auto x : {algorithm::rs256, algorithm::es256, algorithm::es384,
                 algorithm::es512, algorithm::eddsa}) {
    auto other = token_key::make(x);
    BOOST_TEST(code_of(make_token(header_of(x), good, other, x))
               == "signature_invalid");
  }
  auto other = token_key::of_secret(std::string(64, 'x'));
  BOOST_TEST(code_of(make_token(header_of(algorithm::hs512), good, other,
                                algorithm::hs512))
             == "signature_invalid");
}

// -- attacks ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_token_without_a_signature_is_refused) {
  for (const std::string name : {"none", "None", "NONE", "nOnE", ""}) {
    auto text = test::to_base64url("{\"alg\":\"" + name + "\"}") + "."
                + test::to_base64url(good) + ".";
    BOOST_TEST(code_of(text) == "algorithm_refused");
    BOOST_TEST(code_of(text + "AA") == "algorithm_refused");
  }
  auto token = signed_claims(good);
  BOOST_TEST(code_of(token.substr(0, token.rfind('.') + 1))
             == "signature_invalid");
  BOOST_TEST(code_of(token.substr(0, token.rfind('.'))) == "token_malformed");
}

BOOST_AUTO_TEST_CASE(a_public_key_is_no_secret) {
  auto& rsa = key_of(algorithm::rs256);
  auto pem = rsa.public_pem();
  key_set keys{{public_part(algorithm::rs256, rsa)}};
  for (auto& secret :
       {pem, pem.substr(0, pem.size() - 1), rsa.public_jwk(), std::string{}})
    for (auto x : {algorithm::hs256, algorithm::hs384, algorithm::hs512}) {
      auto forged = make_token(header_of(x), good, token_key::of_secret(secret),
                               x);
      BOOST_TEST(to_string(verify(forged, settings(), keys).error)
                 == "key_unknown");
      auto public_only = settings();
      public_only.algorithms = {"RS256"};
      BOOST_TEST(to_string(verify(forged, public_only, keys).error)
                 == "algorithm_refused");
    }
}

BOOST_AUTO_TEST_CASE(an_algorithm_that_is_not_listed_is_refused) {
  for (auto x : all_algorithms()) {
    auto others = settings();
    std::erase(others.algorithms, traits_of(x).name);
    BOOST_TEST(code_of(signed_claims(good, x), others) == "algorithm_refused");
  }
}

BOOST_AUTO_TEST_CASE(an_empty_or_trivial_signature_is_none) {
  for (auto x : {algorithm::es256, algorithm::es384, algorithm::es512}) {
    auto size = 2 * coordinate_size(traits_of(x).key);
    auto begin = test::to_base64url(header_of(x)) + "."
                 + test::to_base64url(good) + ".";
    for (auto& signature : {std::string(size, '\0'), std::string(size, '\xff'),
                            std::string(size - 1, '\1'),
                            std::string(size / 2, '\0') + "\1", std::string{}})
      BOOST_TEST(code_of(begin + test::to_base64url(signature))
                 == "signature_invalid");
  }
}

BOOST_AUTO_TEST_CASE(keys_that_a_token_brings_are_ignored) {
  auto mine = token_key::make(algorithm::rs256);
  auto jwk = mine.public_jwk();
  for (auto& more :
       {"\"jwk\":" + jwk + ",", std::string{R"("jku":"https://evil/jwks",)"},
        std::string{R"("x5u":"https://evil/x",)"},
        std::string{R"("x5c":["AAAA"],)"}}) {
    auto header = header_of(algorithm::rs256, more);
    BOOST_TEST(code_of(make_token(header, good, mine, algorithm::rs256))
               == "signature_invalid");
    auto& known = key_of(algorithm::rs256);
    BOOST_TEST(code_of(make_token(header, good, known, algorithm::rs256))
               == "none");
  }
}

BOOST_AUTO_TEST_CASE(what_must_be_understood_and_is_not_is_refused) {
  for (auto* more : {R"("crit":["b64"],"b64":false,)", R"("crit":[],)",
                     R"("crit":["exp"],"exp":1,)", R"("crit":null,)"})
    BOOST_TEST(code_of(make_token(header_of(algorithm::es256, more), good,
                                  key_of(algorithm::es256), algorithm::es256))
               == "token_malformed");
}

BOOST_AUTO_TEST_CASE(a_header_of_wrong_types_is_refused) {
  for (auto* header :
       {"", "[]", "null", "{", "{\"alg\":1}", "{\"alg\":[\"ES256\"]}",
        "{\"alg\":\"ES256\",\"kid\":1}", "{\"alg\":\"ES256\"} x",
        "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]"})
    BOOST_TEST(code_of(make_token(header, good, key_of(algorithm::es256),
                                  algorithm::es256))
               == "token_malformed");
  BOOST_TEST(
    code_of(make_token("{}", good, key_of(algorithm::es256), algorithm::es256))
    == "algorithm_refused");
}

BOOST_AUTO_TEST_CASE(what_is_no_token_is_refused) {
  BOOST_TEST(code_of("") == "token_missing");
  for (const std::string text :
       {".", "..", "a", "a.b", "a.b.c", "a.b.c.d.e", "{}", "\xff.\xff.\xff"})
    BOOST_TEST(code_of(text) == "token_malformed", text);
}

BOOST_AUTO_TEST_CASE(the_size_is_looked_at_before_anything_else) {
  auto x = settings();
  auto token = signed_claims(good);
  x.max_token = token.size();
  BOOST_TEST(code_of(token, x) == "none");
  x.max_token = token.size() - 1;
  BOOST_TEST(code_of(token, x) == "token_too_large");
  BOOST_TEST(code_of(std::string(10'000'000, '.')) == "token_too_large");
}

// -- keys ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_id_of_a_key_chooses_it) {
  auto one = token_key::make(algorithm::es256);
  auto two = token_key::make(algorithm::es256);
  auto read = keys_from_jwks("{\"keys\":[" + one.public_jwk(R"(,"kid":"1")")
                             + "," + two.public_jwk(R"(,"kid":"2")") + "]}");
  key_set keys{std::move(read.keys)};
  auto of = [&](const std::string& more, const token_key& by) {
    auto token = make_token(header_of(algorithm::es256, more), good, by,
                            algorithm::es256);
    return std::string{to_string(verify(token, settings(), keys).error)};
  };
  BOOST_TEST(of(R"("kid":"1",)", one) == "none");
  BOOST_TEST(of(R"("kid":"2",)", two) == "none");
  BOOST_TEST(of(R"("kid":"1",)", two) == "signature_invalid");
  BOOST_TEST(of(R"("kid":"3",)", one) == "key_unknown");
  BOOST_TEST(of("", one) == "none");
  BOOST_TEST(of("", two) == "none");
}

BOOST_AUTO_TEST_CASE(a_key_without_an_id_serves_for_a_token_with_one) {
  BOOST_TEST(
    code_of(make_token(header_of(algorithm::es256, R"("kid":"x",)"), good,
                       key_of(algorithm::es256), algorithm::es256))
    == "none");
}

BOOST_AUTO_TEST_CASE(a_key_for_one_algorithm_serves_for_no_other) {
  auto& key = key_of(algorithm::rs256);
  auto read = keys_from_jwks("{\"keys\":[" + key.public_jwk(R"(,"alg":"PS256")")
                             + "]}");
  key_set keys{std::move(read.keys)};
  for (auto x : {algorithm::rs256, algorithm::ps256, algorithm::ps384}) {
    auto result = verify(signed_claims(good, x), settings(), keys);
    BOOST_TEST(to_string(result.error)
               == (x == algorithm::ps256 ? "none" : "key_unknown"));
  }
}

// -- claims -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_claim_is_checked) {
  const std::string sub = R"({"sub":"ada")";
  const std::string exp = R"(,"exp":1700003600)";
  auto is = [&](const std::string& rest) {
    return std::string{to_string(error_of(sub + rest + "}"))};
  };
  BOOST_TEST(is("") == "claims_invalid"); // a token that never expires
  for (auto* bad : {"null", "\"1700003600\"", "true", "[]", "-1", "{}"})
    BOOST_TEST(is(std::string{",\"exp\":"} + bad) == "claims_invalid", bad);
  BOOST_TEST(is(",\"exp\":1.7000036e9") == "none");
  BOOST_TEST(is(",\"exp\":1e300") == "none");
  BOOST_TEST(is(",\"exp\":18446744073709551615") == "none");
  BOOST_TEST(is(",\"exp\":1699999971") == "none"); // 29 s ago
  BOOST_TEST(is(",\"exp\":1699999970") == "token_expired");
  BOOST_TEST(is(",\"exp\":0") == "token_expired");
  BOOST_TEST(is(exp + ",\"nbf\":1700000030") == "none");
  BOOST_TEST(is(exp + ",\"nbf\":1700000031") == "token_not_yet_valid");
  BOOST_TEST(is(exp + ",\"nbf\":\"1\"") == "claims_invalid");
  BOOST_TEST(is(exp + ",\"nbf\":null") == "claims_invalid");
}

BOOST_AUTO_TEST_CASE(the_user_is_where_the_configuration_says) {
  const std::string exp = R"("exp":1700003600)";
  auto x = settings();
  for (auto* bad :
       {"", R"("sub":1,)", R"("sub":"",)", R"("sub":null,)",
        R"("sub":["ada"],)", R"("sub":"a\nb",)", R"("sub":"\u0000",)"})
    BOOST_TEST(to_string(error_of("{" + std::string{bad} + exp + "}"))
               == "claims_invalid");
  auto user_of = [&](const std::string& sub) {
    auto result = verify(signed_claims("{\"sub\":\"" + sub + "\"," + exp + "}"),
                         x);
    return result.claims.user;
  };
  BOOST_TEST(user_of("auth0|\xc3\xa9\\u00e9") == "auth0|\xc3\xa9\xc3\xa9");
  BOOST_TEST(user_of(std::string(max_user, 'a')).size() == max_user);
  BOOST_TEST(user_of(std::string(max_user + 1, 'a')) == "");
  x.user = "/realm/names/1";
  auto token
    = signed_claims(R"({"realm":{"names":["a","grace"]},)" + exp + "}");
  BOOST_TEST(verify(token, x).claims.user == "grace");
}

BOOST_AUTO_TEST_CASE(issuer_and_audience_must_be_ours) {
  auto x = settings();
  x.issuer = "https://id";
  x.audience = {"chat", "news"};
  auto is = [&](const std::string& iss, const std::string& aud) {
    return std::string{
      to_string(error_of(R"({"sub":"ada","exp":1700003600)"
                           + (iss.empty() ? "" : ",\"iss\":" + iss)
                           + (aud.empty() ? "" : ",\"aud\":" + aud) + "}",
                         x))};
  };
  const std::string us = "\"https://id\"";
  BOOST_TEST(is(us, "\"news\"") == "none");
  BOOST_TEST(is(us, R"(["other","chat"])") == "none");
  for (auto* bad : {"", "\"https://id/\"", "\"HTTPS://ID\"", "1", "null",
                    "[\"https://id\"]"})
    BOOST_TEST(is(bad, "\"chat\"") == "issuer_refused", bad);
  for (auto* bad :
       {"", "\"other\"", "[]", "[\"cha\"]", "{}", "1", "[[\"chat\"]]"})
    BOOST_TEST(is(us, bad) == "audience_refused", bad);
}

BOOST_AUTO_TEST_CASE(a_token_for_somebody_is_for_nobody_else) {
  BOOST_TEST(
    to_string(error_of(R"({"sub":"ada","exp":1700003600,"aud":"other"})"))
    == "audience_refused");
}

BOOST_AUTO_TEST_CASE(claims_that_are_no_object_are_refused) {
  for (auto* bad : {"", "null", "[]", "1", "{\"sub\":", "\"text\"",
                    "{\"sub\":\"\xff\",\"exp\":1700003600}"})
    BOOST_TEST(to_string(error_of(bad)) == "claims_invalid", bad);
  std::string deep(2000, '[');
  BOOST_TEST(to_string(error_of("{\"a\":" + deep)) == "claims_invalid");
}

/// Whatever is drawn: a token counts if, and only if, all of it is right.
BOOST_AUTO_TEST_CASE(generated_tokens_count_only_if_all_is_right) {
  std::mt19937 random{7};
  auto draw = [&](int n) { return static_cast<int>(random() % unsigned(n)); };
  auto algorithms = all_algorithms();
  auto x = settings();
  x.issuer = "me";
  x.audience = {"you"};
  for (int i = 0; i < 400; ++i) {
    auto by = algorithms[static_cast<std::size_t>(draw(13))];
    auto exp = noon + draw(200) - 100;
    auto nbf = noon + draw(200) - 100;
    auto iss = draw(4) != 0;
    auto aud = draw(4) != 0;
    auto sub = draw(4) != 0;
    auto claims = "{\"exp\":" + std::to_string(exp) + ",\"nbf\":"
                  + std::to_string(nbf) + ",\"iss\":\"" + (iss ? "me" : "he")
                  + "\",\"aud\":[\"x\",\"" + (aud ? "you" : "they") + "\"]"
                  + (sub ? ",\"sub\":\"ada\"}" : "}");
    auto counts = noon < exp + 30 && nbf <= noon + 30 && iss && aud && sub;
    auto result = verify(signed_claims(claims, by), x);
    BOOST_TEST((result.error == token_errc::none) == counts, claims);
    BOOST_TEST(result.claims.user == (counts ? "ada" : ""));
  }
}

BOOST_AUTO_TEST_CASE(what_openssl_complains_about_is_not_left_behind) {
  ERR_clear_error(); // of tests before
  verify(make_token(header_of(algorithm::rs256), good,
                    token_key::make(algorithm::rs256), algorithm::rs256));
  BOOST_TEST(ERR_peek_error() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
