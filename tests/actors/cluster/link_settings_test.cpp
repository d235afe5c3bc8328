#include "actors/cluster/link_settings.hpp"

#include "tests/support/certificates.hpp"

#include <caf/timespan.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>

namespace {

using namespace std::chrono_literals;
using namespace weir;

struct fixture {
  fixture() {
    auto name
      = (std::filesystem::temp_directory_path() / "weir-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    test::authority one{folder, "one"};
    settings.listen = "127.0.0.1:0";
    settings.tls = {one.certificate("a"), one.key("a"), one.ca()};
  }

  ~fixture() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::string write(const std::string& text) {
    auto path = folder / "file";
    std::ofstream{path} << text;
    return path;
  }

  void expect_mistake(const std::string& begin) {
    caf::actor_system_config cfg;
    auto is_told = [&](const std::runtime_error& e) {
      BOOST_TEST_MESSAGE(e.what());
      return std::string{e.what()}.starts_with(begin);
    };
    BOOST_CHECK_EXCEPTION(configure_links(cfg, settings), std::runtime_error,
                          is_told);
  }

  std::filesystem::path folder;
  cluster_options settings;
};

BOOST_FIXTURE_TEST_SUITE(link_settings, fixture)

BOOST_AUTO_TEST_CASE(a_node_that_is_alone_has_no_middleman) {
  caf::actor_system_config cfg;
  configure_links(cfg, {});
  BOOST_TEST(cfg.module_factories.empty());
  BOOST_TEST(!uses_tls(cfg));
}

BOOST_AUTO_TEST_CASE(heartbeats_go_four_times_per_timeout) {
  caf::actor_system_config cfg;
  settings.tls = {};
  settings.timeout = 2s;
  configure_links(cfg, settings);
  auto interval
    = caf::get_as<caf::timespan>(cfg, "caf.middleman.heartbeat-interval");
  auto timeout = caf::get_as<caf::timespan>(cfg,
                                            "caf.middleman.connection-timeout");
  BOOST_TEST((interval && *interval == 500ms));
  BOOST_TEST((timeout && *timeout == 2s));
  BOOST_TEST(cfg.module_factories.size() == 1u);
  BOOST_TEST(!uses_tls(cfg));
}

BOOST_AUTO_TEST_CASE(certificates_make_links_encrypted) {
  caf::actor_system_config cfg;
  configure_links(cfg, settings);
  BOOST_TEST(uses_tls(cfg));
  BOOST_TEST(cfg.openssl_cafile == settings.tls.ca);
}

BOOST_AUTO_TEST_CASE(certificates_are_looked_at_before_the_start) {
  auto good = settings;
  settings.tls.certificate = write("nothing");
  expect_mistake("cluster.tls.certificate: " + settings.tls.certificate
                 + " holds no certificate (");
  settings = good;
  settings.tls.ca = write("nothing");
  expect_mistake("cluster.tls.ca: " + settings.tls.ca
                 + " holds no certificate (");
  settings = good;
  test::authority two{folder, "two"};
  two.certificate("a");
  settings.tls.key = two.key("a");
  expect_mistake("cluster.tls.key: " + settings.tls.key
                 + " does not hold the certificate's key (");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
