#pragma once

#include "actors/cluster/link_certificates.hpp"
#include "actors/cluster/node_links.hpp"
#include "actors/runtime/io_loop.hpp"
#include "config/options/cluster.hpp"

#include <memory>

namespace weir {

/// The links of a node: TCP connections that `cluster::link_port` has made and
/// both sides have admitted, handed over to CAF. `me` is whom the other side
/// greets; `certificates`: null: links are not encrypted. Requires: `executor`
/// is a loop, that of `owner`. Throws std::runtime_error when the port refuses.
std::unique_ptr<node_links>
open_cluster_links(actor_executor executor, const cluster_options& settings,
                   std::shared_ptr<const link_certificates> certificates,
                   const cluster::hello& local, node_links_owner& owner,
                   const peer_actor& me);

} // namespace weir
