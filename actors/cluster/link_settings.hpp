#pragma once

#include "config/options/cluster.hpp"

#include <caf/actor_system_config.hpp>

namespace weir {

/// Puts what links to other nodes need into CAF's configuration; nothing for a
/// node that is alone. To be called before the actor system is there, and after
/// `caf::io::middleman::init_global_meta_objects()`.
void configure_links(caf::actor_system_config& cfg, const cluster_options& x);

} // namespace weir
