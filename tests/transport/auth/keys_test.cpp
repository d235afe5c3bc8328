// What may be a key: PEM files, key sets, secrets.

#include "config/options/fixed_bounds.hpp"
#include "tests/transport/auth/foreign_tokens.hpp"
#include "tests/transport/auth/token_maker.hpp"
#include "transport/auth/key_set.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace weir;
using namespace weir::auth;
using test::token_key;

std::string set_of(const std::string& keys) {
  return "{\"keys\":[" + keys + "]}";
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A folder with files of keys.
struct fixture {
  fixture() {
    auto name
      = (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
  }

  ~fixture() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::string write(const std::string& name, const std::string& text) {
    auto file = (folder / name).string();
    std::ofstream{file} << text;
    return file;
  }

  std::filesystem::path folder;
};

BOOST_FIXTURE_TEST_SUITE(keys_suite, fixture)

BOOST_AUTO_TEST_CASE(a_pem_file_may_hold_several_public_keys) {
  auto text = "a line of text\n"
              + token_key::make(algorithm::rs256).public_pem() + "\n# more\n"
              + token_key::make(algorithm::es384).public_pem();
  auto read = keys_from_pem(text);
  BOOST_TEST(read.problem == "");
  BOOST_TEST_REQUIRE(read.keys.size() == 2u);
  BOOST_TEST(read.keys[0].fits(algorithm::ps512));
  BOOST_TEST(!read.keys[0].fits(algorithm::es384));
  BOOST_TEST(read.keys[1].fits(algorithm::es384));
  BOOST_TEST(!read.keys[1].fits(algorithm::es256));
}

BOOST_AUTO_TEST_CASE(no_key_fits_what_is_not_for_its_kind) {
  auto secret = key_from_secret(std::string(64, 's'));
  auto rsa = keys_from_pem(token_key::make(algorithm::rs256).public_pem());
  for (auto x : {algorithm::hs256, algorithm::hs384, algorithm::hs512}) {
    BOOST_TEST(secret.fits(x));
    BOOST_TEST(!rsa.keys.at(0).fits(x));
  }
  for (auto x :
       {algorithm::rs256, algorithm::ps256, algorithm::es256, algorithm::eddsa})
    BOOST_TEST(!secret.fits(x));
}

BOOST_AUTO_TEST_CASE(private_keys_are_no_public_ones) {
  auto key = token_key::make(algorithm::es256);
  auto read = keys_from_pem(key.private_pem());
  BOOST_TEST(read.keys.empty());
  BOOST_TEST(has(read.problem, "a private key"));
  auto jwk = key.public_jwk(",\"d\":\"AAAA\"");
  read = keys_from_jwks(set_of(jwk));
  BOOST_TEST(read.keys.empty());
  BOOST_TEST(has(read.problem, "a private key"));
}

BOOST_AUTO_TEST_CASE(secrets_are_no_public_keys) {
  auto read = keys_from_jwks(set_of(R"({"kty":"oct","k":"AAAA"})"));
  BOOST_TEST(read.keys.empty());
  BOOST_TEST(has(read.problem, "a secret"));
  BOOST_TEST(!has(read.problem, "AAAA"));
}

BOOST_AUTO_TEST_CASE(weak_keys_are_refused) {
  for (int bits : {512, 1024, 2047}) {
    auto key = token_key::make(algorithm::rs256, bits);
    for (auto& read : {keys_from_pem(key.public_pem()),
                       keys_from_jwks(set_of(key.public_jwk()))}) {
      BOOST_TEST(read.keys.empty());
      BOOST_TEST(read.problem
                 == "an RSA key of " + std::to_string(bits)
                      + " bits is too weak; use 2048 at least");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_no_sound_key_has_is_refused) {
  auto rsa = token_key::make(algorithm::rs256).public_jwk();
  auto with_exponent = [&](const std::string& e) {
    auto text = rsa;
    auto at = text.find("\"e\":\"") + 5;
    return text.replace(at, text.find('"', at) - at, e);
  };
  for (const std::string e : {"AQ", "Ag", "AA", ""}) // 1, 2, 0, none
    BOOST_TEST(keys_from_jwks(set_of(with_exponent(e))).problem != "", e);
  auto ec = token_key::make(algorithm::es256).public_jwk();
  auto at = ec.find("\"y\":\"") + 5;
  auto off_curve = ec;
  off_curve[at] = off_curve[at] == 'A' ? 'B' : 'A';
  BOOST_TEST(keys_from_jwks(set_of(off_curve)).keys.empty());
  BOOST_TEST(keys_from_jwks(set_of(off_curve)).problem != "");
  BOOST_TEST(keys_from_jwks(set_of(R"({"kty":"EC","crv":"P-256"})")).problem
             != "");
  BOOST_TEST(
    keys_from_jwks(set_of(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"))
      .problem
    != "");
}

BOOST_AUTO_TEST_CASE(keys_for_something_else_are_left_out) {
  auto key = token_key::make(algorithm::es256);
  auto good = key.public_jwk(R"(,"use":"sig","key_ops":["verify"])");
  for (auto& other :
       {key.public_jwk(R"(,"use":"enc")"),
        key.public_jwk(R"(,"key_ops":["encrypt"])"),
        key.public_jwk(R"(,"key_ops":"verify")"),
        key.public_jwk(R"(,"alg":"ECDH-ES")"), key.public_jwk(R"(,"alg":1)"),
        key.public_jwk(R"(,"use":1)"), std::string{R"({"kty":"new"})"},
        std::string{R"({"kty":"EC","crv":"secp256k1"})"}, std::string{"{}"},
        std::string{"1"}}) {
    auto read = keys_from_jwks(set_of(other + "," + good));
    BOOST_TEST(read.problem == "", other);
    BOOST_TEST(read.keys.size() == 1u, other);
  }
}

BOOST_AUTO_TEST_CASE(one_bad_key_does_not_spoil_the_others) {
  auto weak = token_key::make(algorithm::rs256, 1024).public_jwk();
  auto good = token_key::make(algorithm::es256).public_jwk();
  auto read = keys_from_jwks(set_of(weak + "," + good));
  BOOST_TEST(read.keys.size() == 1u);
  BOOST_TEST(has(read.problem, "too weak"));
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_a_problem) {
  for (const std::string text :
       {"", "x",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"})
    BOOST_TEST(keys_from_pem(text).problem != "", text);
  for (const std::string text :
       {"", "{", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[]}", "null"})
    BOOST_TEST(keys_from_jwks(text).problem != "", text);
  BOOST_TEST(keys_from_jwks(std::string(max_key_file + 1, ' ')).problem != "");
}

BOOST_AUTO_TEST_CASE(there_are_not_more_keys_than_anybody_needs) {
  auto one = token_key::make(algorithm::es256).public_jwk();
  std::string all = one;
  for (std::size_t i = 0; i < max_token_keys; ++i)
    all += "," + one;
  auto read = keys_from_jwks(set_of(all));
  BOOST_TEST(read.keys.size() == max_token_keys);
  BOOST_TEST(has(read.problem, "more than"));
  key_set keys{std::move(read.keys)};
  BOOST_TEST(keys.candidates(algorithm::es256, "").size() == max_key_tries);
}

BOOST_AUTO_TEST_CASE(files_are_read_as_the_configuration_says) {
  jwt_options x;
  x.algorithms = {"RS256", "HS256"};
  x.keys = {write("a.pem", token_key::make(algorithm::rs256).public_pem())};
  x.jwks = write("keys.json", test::foreign_keys);
  x.secret_file = write("secret", std::string(32, 's') + "\n");
  auto loaded = load_keys(x);
  BOOST_TEST(loaded.problems.empty());
  BOOST_TEST(loaded.keys.size() == 1u + 5u + 1u);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_reported_with_its_key) {
  jwt_options x;
  x.algorithms = {"RS256", "HS512"};
  x.keys = {write("a.pem", token_key::make(algorithm::rs256).public_pem()),
            write("b.pem", "nothing")};
  x.jwks = (folder / "no.json").string();
  x.secret = std::string(63, 's');
  auto problems = load_keys(x).problems;
  BOOST_TEST_REQUIRE(problems.size() == 3u);
  BOOST_TEST(problems[0].path == "auth.jwt.keys[1]");
  BOOST_TEST(has(problems[0].text, "no public key or certificate"));
  BOOST_TEST(problems[1].path == "auth.jwt.jwks");
  BOOST_TEST(has(problems[1].text, "cannot be read"));
  BOOST_TEST(problems[2].path == "auth.jwt.secret");
  BOOST_TEST(has(problems[2].text, "has 63 bytes"));
  BOOST_TEST(!has(problems[2].text, "sss"));
}

BOOST_AUTO_TEST_CASE(keys_that_no_algorithm_uses_are_reported) {
  jwt_options x;
  x.keys = {write("a.pem", token_key::make(algorithm::rs256).public_pem())};
  x.algorithms = {"ES256"};
  auto problems = load_keys(x).problems;
  BOOST_TEST_REQUIRE(problems.size() == 1u);
  BOOST_TEST(problems[0].path == "auth.jwt.keys");
  for (std::vector<std::string> some :
       {std::vector<std::string>{"RS512"}, {"ES256", "PS256"}}) {
    x.algorithms = some;
    BOOST_TEST(load_keys(x).problems.empty());
  }
  x.algorithms = {"ES256"};
  x.jwks = "https://id.example.org/keys"; // which may have others
  BOOST_TEST(load_keys(x).problems.empty());
}

BOOST_AUTO_TEST_CASE(a_secret_is_as_long_as_the_longest_hash) {
  for (auto [name, size] :
       {std::pair{"HS256", 32}, {"HS384", 48}, {"HS512", 64}}) {
    jwt_options x;
    x.algorithms = {"HS256", name};
    x.secret = std::string(static_cast<std::size_t>(size), 's');
    BOOST_TEST(load_keys(x).problems.empty());
    x.secret.pop_back();
    BOOST_TEST(load_keys(x).problems.size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_files_last_line_break_is_no_part_of_the_secret) {
  auto size_of = [&](const std::string& text) {
    jwt_options x;
    x.algorithms = {"HS256"};
    x.secret_file = write("secret", text);
    return load_keys(x).problems.empty();
  };
  const std::string secret(31, 's');
  BOOST_TEST(!size_of(secret + "\n"));
  BOOST_TEST(!size_of(secret + "\r\n"));
  BOOST_TEST(size_of(secret + "\n\n"));
  BOOST_TEST(size_of(secret + " "));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
