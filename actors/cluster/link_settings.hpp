#pragma once

#include "config/options/cluster.hpp"

#include <caf/actor_system_config.hpp>

namespace weir {

/// Puts what links to other nodes need into CAF's configuration; nothing for a
/// node that is alone. To be called before the actor system is there, and after
/// `caf::io::middleman::init_global_meta_objects()`.
///
/// Throws `std::runtime_error` that names the key of the configuration when a
/// certificate cannot be used.
void configure_links(caf::actor_system_config& cfg, const cluster_options& x);

/// Throws `std::runtime_error` that names the key when the certificates cannot
/// be used, or not any more.
void check_certificates(const cluster_tls_options& x);

/// Whether links are encrypted, and certificates verified on both sides.
bool uses_tls(const caf::actor_system_config& cfg);

} // namespace weir
