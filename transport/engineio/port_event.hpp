#pragma once

#include <cstdint>
#include <functional>
#include <new>

namespace weir::engineio {

/// What a port has to do that its operator wants counted.
enum class port_event : std::uint8_t {
  connection_refused, ///< a TCP connection or a session: there are too many
  address_full,       ///< likewise, of one address
  address_too_often,  ///< a session: its address begins too many
  node_too_often,     ///< a session: all addresses together do
  requests_too_often, ///< one that begins no session: its address sends many
  packets_too_often,  ///< a connection is not read for a while
  request_refused,    ///< malformed, or too much
  head_failed,        ///< a request's head that is not there in time
  body_failed,        ///< likewise
  answer_failed,      ///< one that is not taken in time
  upgrade_failed,     ///< a WebSocket that does not take its session over
  frame_failed,       ///< a WebSocket's bytes that are none
  packet_failed,      ///< a session's, or one that it must not send
  connect_failed,     ///< a session that enters no namespace in time
  origin_refused,     ///< a WebSocket of a page from elsewhere
  operator_refused,   ///< a request to the operator's endpoint without a right
  tls_failed,         ///< a handshake
  accept_failed,      ///< for want of descriptors or memory
  out_of_memory       ///< one connection was ended for it
};

/// Called on any loop.
using tell_port_event = std::function<void(port_event)>;

/// Runs what somebody's bytes, or a point in time, call for. Where there is no
/// memory for it, that one connection ends, and nobody else notices.
template <class Connection, class F>
void contain(Connection& x, F&& f) {
  try {
    f();
  } catch (const std::bad_alloc&) {
    x.on_out_of_memory();
  }
}

} // namespace weir::engineio
