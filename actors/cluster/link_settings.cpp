#include "actors/cluster/link_settings.hpp"

#include <caf/io/middleman.hpp>
#include <caf/timespan.hpp>

#include <string>
#include <vector>

namespace weir {

namespace {

/// So that one that comes late, since its packet was lost, does not cost the
/// link.
constexpr auto heartbeats_per_timeout = 4;

} // namespace

void configure_links(caf::actor_system_config& cfg, const cluster_options& x) {
  if (x.listen.empty())
    return;
  cfg.load<caf::io::middleman>();
  caf::timespan timeout = x.timeout;
  cfg.set("caf.middleman.connection-timeout", timeout);
  cfg.set("caf.middleman.heartbeat-interval",
          caf::timespan{timeout / heartbeats_per_timeout});
  cfg.set("caf.middleman.app-identifiers", std::vector<std::string>{"weir"});
  // CAF's own ways to connect and listen, each with a thread, are not used.
  cfg.set("caf.middleman.attach-utility-actors", true);
}

} // namespace weir
