#include "config/secret.hpp"

#include "tests/config/config_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <random>

using namespace weir;
using namespace weir::config;

namespace {

constexpr std::string_view secrets[]
  = {"sasl.password",
     "ssl.key.password",
     "ssl.keystore.password",
     "ssl.key.pem",
     "sasl.oauthbearer.client.secret",
     "sasl.oauthbearer.client.credentials.client.secret",
     "sasl.oauthbearer.config",
     "sasl.oauthbearer.assertion.private.key.pem",
     "sasl.oauthbearer.assertion.private.key.passphrase",
     "secret",
     "cluster.secret",
     "auth.jwt.secret",
     "admin.token",
     "admin.ui_password",
     "Sasl.Pasword.PASSWORD"};

constexpr std::string_view others[]
  = {"sasl.username",
     "sasl.mechanisms",
     "sasl.password_file",
     "secret_file",
     "ssl.key.location",
     "sasl.oauthbearer.assertion.private.key.file",
     "sasl.oauthbearer.token.endpoint.url",
     "linger.ms",
     "auth.jwt.max_token"};

const std::string only_namespace = "\n[[namespace]]\nname = \"/\"\n";

struct fixture : test::config_fixture {
  std::string with_file(const std::string& text) {
    std::ofstream{folder / "word"} << text;
    return (folder / "word").string();
  }

  options load_good(const std::string& text) {
    auto result = load("[kafka]\nbrokers = \"a:1\"\n" + text + only_namespace);
    BOOST_TEST(messages(result) == test::lines{},
               boost::test_tools::per_element());
    return result.value;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(secret, fixture)

BOOST_AUTO_TEST_CASE(names_tell_secrets) {
  for (auto x : secrets)
    BOOST_TEST(is_secret_name(x), x);
  for (auto x : others)
    BOOST_TEST(!is_secret_name(x), x);
}

BOOST_AUTO_TEST_CASE(values_of_secrets_are_not_shown) {
  for (auto x : secrets)
    BOOST_TEST(shown_value(x, "hunter2") == "(hidden)");
  BOOST_TEST(shown_value("linger.ms", "soon") == "\"soon\"");
  BOOST_TEST(shown_text("sasl.password", "hunter2", "not hunter2, hunter2!")
             == "not (hidden), (hidden)!");
  BOOST_TEST(shown_text("sasl.password", "hidden", "hidden") == "(hidden)");
}

// Whatever comes before and behind it, of a line with a secret's name nothing
// behind the sign is shown.
BOOST_AUTO_TEST_CASE(lines_with_secrets_are_cut) {
  std::mt19937 random{11};
  const std::string pieces[] = {" ",    "\"", "'",      "=",   "{",  "a",
                                "x = ", "[",  "\"\"\"", "\\u", "# ", "]"};
  for (auto i = 0; i < 2000; ++i) {
    std::string noise;
    for (auto n = random() % 6; n > 0; --n)
      noise += pieces[random() % std::size(pieces)];
    auto name = secrets[random() % (std::size(secrets) - 1)];
    auto line = std::string{name} + " = " + noise + "hunter2" + noise;
    BOOST_TEST(shown_line(line, "").find("hunter2") == std::string::npos, line);
    auto before = "\"ssl.key.pem\" = \"\"\"\nMII";
    BOOST_TEST(shown_line(noise + "hunter2", before) == "(hidden)");
  }
  BOOST_TEST(shown_line("listen = 127.0.0.1", "a = \"\"\"\nb\"\"\"\n")
             == "listen = 127.0.0.1");
}

BOOST_AUTO_TEST_CASE(urls_are_shown_without_passwords) {
  for (auto* x : {"https://ada:hunter2@id.example.org/", "ada:hunter2@id",
                  "http://hunter2@a@b/",
                  "https://a:hunter2"
                  "@"})
    BOOST_TEST(shown_url(x).find("hunter2") == std::string::npos, x);
  BOOST_TEST(shown_url("https://id.example.org/a?b")
             == "https://id.example.org/a?b");
  auto said = messages(
    load("[kafka]\nbrokers = \"a:1\"\n[auth.jwt]\nalgorithms = [\"RS256\"]\n"
         "jwks = \"http://ada:hunter2@id.example.org/\"\n"
         + only_namespace));
  BOOST_TEST_REQUIRE(said.size() == 1u);
  BOOST_TEST(said[0].find("hunter2") == std::string::npos, said[0]);
}

BOOST_AUTO_TEST_CASE(files_hold_secrets) {
  with_file("0123456789abcdefg\n");
  auto x = load_good("[kafka.properties]\n\"sasl.password_file\" = \"word\"\n"
                     "[kafka.producer]\nssl.key.password_file = \"word\"\n"
                     "[cluster]\nsecret_file = \"word\"\n"
                     "[admin]\ntoken_file = \"word\"\n"
                     "[auth.webhook]\nurl = \"https://a\"\n"
                     "secret_file = \"word\"\n"
                     "[[namespace]]\nname = \"/x\"\n"
                     "webhook = [\"connect\"]\n");
  BOOST_TEST(x.kafka.properties.at("sasl.password") == "0123456789abcdefg");
  BOOST_TEST(x.kafka.properties.size() == 1u);
  BOOST_TEST(x.kafka.producer.at("ssl.key.password") == "0123456789abcdefg");
  BOOST_TEST(x.cluster.secret == "0123456789abcdefg");
  BOOST_TEST(x.admin.token == "0123456789abcdefg");
  BOOST_TEST(x.auth.webhook.secret == "0123456789abcdefg");
}

BOOST_AUTO_TEST_CASE(variables_name_files) {
  auto file = with_file("hunter2");
  write(only_namespace);
  auto x = load_config(
    {.file = this->file(),
     .environment = {{"WEIR_KAFKA_BROKERS", "a:1"},
                     {"WEIR_KAFKA_PROPERTIES_SASL_PASSWORD_FILE", file},
                     {"WEIR_KAFKA_PROPERTIES_SASL_OAUTHBEARER_ASSERTION_FILE",
                      "of-librdkafka"}},
     .overrides = {}});
  BOOST_TEST(x.errors.empty());
  BOOST_TEST(x.value.kafka.properties.at("sasl.password") == "hunter2");
  BOOST_TEST(x.value.kafka.properties.at("sasl.oauthbearer.assertion.file")
             == "of-librdkafka");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_file) {
  with_file("short");
  auto kafka = std::string{"[kafka]\nbrokers = \"a:1\"\n"};
  expect(kafka + "[kafka.properties]\n\"sasl.password_file\" = \"none\""
           + only_namespace,
         {"weir.toml:4:24: \"sasl.password_file\": \"none\" cannot be read, or "
          "has more than 262144 bytes; relative names start at the "
          "configuration's own folder"});
  expect(kafka
           + "[kafka.consumer]\n\"sasl.password\" = \"hunter2\"\n"
             "\"sasl.password_file\" = \"word\""
           + only_namespace,
         {"weir.toml:5:24: \"sasl.password_file\": not together with "
          "\"sasl.password\"; set one of them"});
  expect(kafka + "[cluster]\nsecret_file = \"word\"" + only_namespace,
         {"weir.toml:4:15: secret_file: a secret has at least 16 characters; "
          "\"openssl rand -base64 24\" makes one"});
  with_file("\n");
  expect(kafka + "[admin]\ntoken_file = \"word\"" + only_namespace,
         {"weir.toml:4:14: token_file: \"word\" is empty"});
}

BOOST_AUTO_TEST_SUITE_END()
