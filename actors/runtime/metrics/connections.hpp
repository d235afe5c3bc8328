#pragma once

// Metrics of clients that are connected.

#include "actors/runtime/metrics.hpp"

namespace weir::metrics {

inline constexpr metric connections{"connections", "Open connections", {}};
inline constexpr metric connections_by_transport{
  "connections_by_transport",
  "Open connections, by the transport that they use now, and the revision of "
  "Engine.IO's protocol",
  "transport,protocol"};
inline constexpr metric events_received{
  "events_received",
  "Events that clients have emitted, joins and leaves among them",
  {}};
inline constexpr metric events_sent{
  "events_sent",
  "Events that clients were sent, once for each client that gets it",
  {}};
inline constexpr metric received_bytes{
  "received_bytes",
  "Bytes of messages from clients, without what HTTP and WebSocket put around "
  "them",
  {}};
inline constexpr metric sent_bytes{
  "sent_bytes",
  "Bytes of packets to clients, with WebSocket's frames and without HTTP and "
  "TLS",
  {}};
inline constexpr metric connections_closed{
  "connections_closed",
  "Connections that are over, by Engine.IO's reason; what is larger than "
  "engineio.max_payload is a transport error",
  "reason"};
inline constexpr metric connections_paused{
  "connections_paused",
  "Connections that are not read: too many requests or bytes are unanswered "
  "(limits.unanswered_emits, unanswered_bytes), or answers unread (outbox)",
  {}};
inline constexpr metric requests_refused{
  "requests_refused",
  "Joins, leaves and emits that a connection has refused itself, by their code "
  "(not_allowed: the mapping's allow, limits.rooms_per_socket, among others)",
  "code"};
inline constexpr metric outbox_full{
  "outbox_full",
  "Times that a room's event did not fit a client's outbox (limits.outbox, "
  "outboxes)",
  {}};
inline constexpr metric outbox_bytes{
  "outbox_bytes",
  "Bytes that wait for clients whose sockets are full (limits.outboxes)",
  {}};
inline constexpr metric resumes{
  "resumes", "Clients that wanted to recover their socket, by what came of it",
  "result"};
inline constexpr metric unrecoverable{
  "sockets_unrecoverable",
  "Sockets that came to be in more rooms than limits.recovery_offset has space "
  "for",
  {}};

} // namespace weir::metrics
