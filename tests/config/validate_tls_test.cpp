// What [server.tls] and [admin.tls] say, as far as no certificate is read.

#include "tests/config/config_fixture.hpp"

#include <algorithm>
#include <fstream>

namespace {

using namespace weir;
using test::lines;

struct fixture : test::config_fixture {
  fixture() {
    for (auto name : {"a.pem", "a.key", "ca.pem"})
      std::ofstream{folder / name} << "...";
  }

  /// `text` begins at line 2, within the table; the same is said in both.
  void expect_in_tls(const std::string& text, const lines& expected) {
    for (std::string table : {"server", "admin"}) {
      auto told = expected;
      for (auto& x : told)
        for (auto at = x.find("TABLE"); at != x.npos; at = x.find("TABLE"))
          x.replace(at, 5, table + ".tls");
      expect("[" + table + ".tls]\n" + text
               + "[kafka]\nembedded = true\n[[namespace]]\nname = \"/\"\n"
                 "[[namespace.mapping]]\nroom = \"a\"\ntopic = \"a\"\n",
             told);
    }
  }

  const std::string pair = "certificate = \"a.pem\"\nkey = \"a.key\"\n";
};

BOOST_FIXTURE_TEST_SUITE(validate_tls, fixture)

BOOST_AUTO_TEST_CASE(takes_a_certificate_and_its_key) {
  expect_in_tls("", {});
  expect_in_tls(pair, {});
  expect_in_tls(pair + "client_ca = \"ca.pem\"\nmin_version = \"1.3\"\n", {});
}

BOOST_AUTO_TEST_CASE(wants_both) {
  expect_in_tls("certificate = \"a.pem\"\n",
                {"weir.toml:2:15: certificate: not without key; set both"});
  expect_in_tls("key = \"a.key\"\n",
                {"weir.toml:2:7: key: not without certificate; set both"});
}

BOOST_AUTO_TEST_CASE(wants_files) {
  auto told = messages(
    load("[server.tls]\ncertificate = \"b.pem\"\nkey = \"a.key\"\n"));
  BOOST_TEST(std::any_of(told.begin(), told.end(), [](auto& x) {
    return x.ends_with("b.pem\" is not a file; relative ones start at the "
                       "configuration's own folder");
  }));
}

BOOST_AUTO_TEST_CASE(tells_what_has_no_effect) {
  const std::string rest = ": does nothing without a certificate; set "
                           "certificate and key in [TABLE]";
  expect_in_tls("client_ca = \"ca.pem\"\n",
                {"weir.toml:2:13: client_ca" + rest});
  expect_in_tls("min_version = \"1.3\"\n",
                {"weir.toml:2:15: min_version" + rest});
}

BOOST_AUTO_TEST_CASE(wants_of_other_certificates_for_whom_they_are) {
  expect_in_tls(
    pair + "sni = [{ certificate = \"a.pem\", key = \"a.key\" }]\n",
    {"weir.toml:4:8: sni: hosts is missing: the names that clients ask for, "
     "such as hosts = [\"chat.example.org\"]"});
  expect_in_tls(pair + "sni = [{ hosts = [\"*.a.example\", \"b\"] }]\n",
                {"weir.toml:4:8: sni: certificate and key are missing"});
  expect_in_tls(
    pair
      + "sni = [{ hosts = [\"a.*.example\"], certificate = \"a.pem\", key = "
        "\"a.key\" }]\n",
    {R"(weir.toml:4:19: hosts: "a.*.example" is not a host's name; write it )"
     R"(like "chat.example.org" or "*.example.org")"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
