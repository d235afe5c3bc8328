#pragma once

#include "actors/cluster/link_certificates.hpp"
#include "actors/cluster/link_traffic.hpp"
#include "transport/cluster/native_socket.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/scribe.hpp>

#include <functional>
#include <memory>
#include <string>

namespace weir {

/// Called once, on CAF's I/O thread, when BASP has forgotten a connection, so
/// that the next one to the same peer is taken; with what TLS had against it,
/// or an empty text.
using link_released = std::function<void(std::string why)>;

/// What carries a connection for the BASP broker, with TLS where there are
/// certificates. Unlike CAF's own it
/// - has a handle that no other connection will have: CAF takes the descriptor,
///   and what it still has to do for one that is closed would hit the next one;
/// - counts as heard of when it begins: CAF lets the dialing side begin at the
///   dawn of time, so that a heartbeat before the first byte would end it;
/// - counts its bytes;
/// - has the certificates of when it begins: CAF's are those of its
///   configuration, which stays as it was at the start;
/// - keeps the errors of one TLS connection from others on its thread.
caf::io::scribe_ptr make_link_transport(caf::actor_system& system,
                                        const link_certificates* certificates,
                                        cluster::native_socket socket,
                                        bool dialed,
                                        std::shared_ptr<link_traffic> traffic,
                                        link_released on_released);

} // namespace weir
