// What [cluster] says about links to other nodes.

#include "config/validate.hpp"
#include "tests/config/config_fixture.hpp"

namespace {

using namespace weir;
using test::lines;

struct fixture : test::config_fixture {
  fixture() {
    for (auto name : {"node.pem", "node.key", "ca.pem"})
      std::ofstream{folder / name} << "...";
  }

  /// `text` begins at line 2, within [cluster].
  void expect_in_cluster(const std::string& text, const lines& expected) {
    expect("[cluster]\n" + text + "[kafka]\nembedded = true\n[[namespace]]\n",
           expected);
  }

  const std::string secret = "secret = \"0123456789abcdef\"\n";
  const std::string tls = "tls = { certificate = \"node.pem\", key = "
                          "\"node.key\", ca = \"ca.pem\" }\n";
};

BOOST_FIXTURE_TEST_SUITE(validate_cluster, fixture)

BOOST_AUTO_TEST_CASE(on_loopback_an_address_is_enough) {
  expect_in_cluster("listen = \"127.0.0.1:7400\"\n", {});
  expect_in_cluster("listen = \"[::1]:0\"\nseeds = [\"localhost:7400\"]\n", {});
}

BOOST_AUTO_TEST_CASE(seeds_want_an_address_to_listen_at) {
  const std::string rest
    = "not without listen: a node that listens nowhere is alone; in [cluster] "
      "set listen = \"127.0.0.1:7400\"";
  expect_in_cluster("seeds = [\"a:7400\"]\n",
                    {"weir.toml:2:9: seeds: " + rest});
  expect_in_cluster("listen = \"\"\nadvertise = \"a:7400\"\n",
                    {"weir.toml:3:13: advertise: " + rest});
}

BOOST_AUTO_TEST_CASE(an_address_that_is_misspelled_is_not_also_missing) {
  expect_in_cluster(
    "lisen = \"127.0.0.1:7400\"\nseeds = [\"a:7400\"]\n",
    {R"(weir.toml:2:1: unknown key "lisen", did you mean "listen"?)"});
  expect_in_cluster(
    "listen = 7400\nseeds = [\"a:7400\"]\n",
    {"weir.toml:2:10: listen: expected a string in quotes, got the integer "
     "7400"});
}

BOOST_AUTO_TEST_CASE(other_machines_need_the_secret_and_a_certificate) {
  const std::string begin = R"(weir.toml:2:10: listen: "10.0.0.1:7400" can be )"
                            "reached from other machines; set ";
  const std::string end = ", or listen at \"127.0.0.1:7400\"";
  const std::string listen = "listen = \"10.0.0.1:7400\"\n";
  expect_in_cluster(listen, {begin
                             + "a secret in [cluster], and certificate, key "
                               "and ca in [cluster.tls]"
                             + end});
  expect_in_cluster(listen + secret,
                    {begin + "certificate, key and ca in [cluster.tls]" + end});
  expect_in_cluster(listen + tls, {begin + "a secret in [cluster]" + end});
  expect_in_cluster(listen + secret + tls, {});
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_refused_is_not_also_missing) {
  expect_in_cluster(
    "listen = \"10.0.0.1:7400\"\nsecret = \"short\"\n" + tls,
    {R"(weir.toml:3:10: secret: a secret has at least 16 characters; "openssl rand -base64 24" makes one)"});
}

BOOST_AUTO_TEST_CASE(every_address_is_none_that_others_can_dial) {
  expect_in_cluster(
    "listen = \"0.0.0.0:7400\"\n" + secret + tls,
    {R"(weir.toml:2:10: listen: "0.0.0.0:7400" is nothing that other nodes can dial; set advertise in [cluster], such as "weir1.example:7400")"});
  expect_in_cluster(
    "listen = \"[::]:7400\"\nadvertise = \"a:7400\"\n" + secret + tls, {});
}

BOOST_AUTO_TEST_CASE(a_port_is_for_one_purpose) {
  expect_in_cluster(
    "listen = \"127.0.0.1:3000\"\n",
    {R"(weir.toml:2:10: listen: "127.0.0.1:3000" is also where [server] listens; choose another port)"});
  expect_in_cluster(
    "listen = \"127.0.0.1:9300\"\n",
    {R"(weir.toml:2:10: listen: "127.0.0.1:9300" is also where [admin] listens; choose another port)"});
  expect_in_cluster("listen = \"127.0.0.1:0\"\n[server]\nlisten = "
                    "\"127.0.0.1:0\"\n",
                    {});
}

const std::string listening = "listen = \"127.0.0.1:0\"\n";

BOOST_AUTO_TEST_CASE(certificate_key_and_ca_belong_together) {
  expect_in_cluster(
    listening + "[cluster.tls]\ncertificate = \"node.pem\"\n",
    {"weir.toml:4:15: certificate: not without key and ca; set all of "
     "certificate, key and ca in [cluster.tls], or none"});
  expect_in_cluster(
    listening + "[cluster.tls]\nkey = \"node.key\"\nca = \"ca.pem\"\n",
    {"weir.toml:4:7: key: not without certificate; set all of certificate, "
     "key and ca in [cluster.tls], or none"});
  expect_in_cluster(
    listening + "[cluster.tls]\nkey = \"node.key\"\ncert = \"node.pem\"\n",
    {R"(weir.toml:5:1: unknown key "cert"; possible: "certificate", "key", "ca")"});
  expect_in_cluster(
    listening + "[cluster.tls]\ncertificate = \"\"\nkey = \"\"\nca = \"\"\n",
    {});
}

BOOST_AUTO_TEST_CASE(certificates_must_exist) {
  std::filesystem::create_directory(folder / "folder");
  expect_in_cluster(
    listening
      + "[cluster.tls]\ncertificate = \"none.pem\"\nkey = \"node.key\"\n"
        "ca = \"folder\"\n",
    {R"(weir.toml:4:15: certificate: "none.pem" is not a file; relative ones start at the configuration's own folder)",
     R"(weir.toml:6:6: ca: "folder" is not a file; relative ones start at the configuration's own folder)"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
