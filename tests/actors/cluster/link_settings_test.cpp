#include "actors/cluster/link_settings.hpp"

#include <caf/timespan.hpp>

#include <boost/test/unit_test.hpp>

namespace {

using namespace std::chrono_literals;
using namespace weir;

BOOST_AUTO_TEST_SUITE(link_settings)

BOOST_AUTO_TEST_CASE(a_node_that_is_alone_has_no_middleman) {
  caf::actor_system_config cfg;
  configure_links(cfg, {});
  BOOST_TEST(cfg.module_factories.empty());
}

BOOST_AUTO_TEST_CASE(heartbeats_go_four_times_per_timeout) {
  caf::actor_system_config cfg;
  cluster_options settings;
  settings.listen = "127.0.0.1:0";
  settings.timeout = 2s;
  configure_links(cfg, settings);
  auto interval
    = caf::get_as<caf::timespan>(cfg, "caf.middleman.heartbeat-interval");
  auto timeout = caf::get_as<caf::timespan>(cfg,
                                            "caf.middleman.connection-timeout");
  BOOST_TEST((interval && *interval == 500ms));
  BOOST_TEST((timeout && *timeout == 2s));
  BOOST_TEST(cfg.module_factories.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
