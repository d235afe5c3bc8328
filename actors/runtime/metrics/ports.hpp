#pragma once

// Metrics of its ports, whoever comes.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric connections_refused{
  "connections_refused",
  "TCP connections and sessions that were too many (server.max_connections, "
  "limits.connections_per_address)",
  {}};
inline constexpr metric rate_limited{
  "rate_limited",
  "Sessions, sockets and requests that were refused for being too many or too "
  "often, and times that a connection was not read for that (packets), by the "
  "limit; docs/security.md",
  "limit"};
inline constexpr metric http_requests_refused{
  "http_requests_refused",
  "Requests that were malformed or too large (server.max_header, "
  "engineio.max_payload), on both ports",
  {}};
inline constexpr metric origins_refused{
  "origins_refused",
  "WebSockets of pages from elsewhere (server.cors.origins)",
  {}};
inline constexpr metric operators_refused{
  "operators_refused",
  "Requests to the operator's endpoint without its token, or, where there is "
  "none, of another Host or Origin",
  {}};
inline constexpr metric clients_cut_off{
  "clients_cut_off",
  "Connections and sessions that were ended for what the client sent (frame, "
  "packet), or did not send or take in time (head, body, answer: "
  "server.header_timeout; upgrade: engineio.upgrade_timeout; connect: "
  "server.connect_timeout)",
  "at"};
inline constexpr metric tls_failed{
  "tls_handshakes_failed",
  "TLS handshakes that clients and operators have not completed, or not within "
  "server.header_timeout, for another reason than that they went away",
  {}};
inline constexpr metric certificate_expiry{
  "certificate_expiry_timestamp_seconds",
  "When the first of the certificates is over that are shown by a table of the "
  "configuration (server.tls, admin.tls, cluster.tls), those between it and "
  "its authority among them: seconds since 1970. Links that stand go on",
  "table"};
inline constexpr metric accepts_failed{
  "accepts_failed",
  "Connections that waited because there were no descriptors or no memory",
  {}};
inline constexpr metric out_of_memory{
  "out_of_memory",
  "Connections that were ended because there was no memory for them",
  {}};

} // namespace weir::metrics
