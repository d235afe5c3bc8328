#pragma once

#include "config/options/rate.hpp"
#include "config/options/units.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// What becomes of a client that is `max_lag` behind.
enum class lag_policy {
  disconnect, ///< it is closed; it may reconnect and recover
  skip,       ///< it resumes at the end of the log, and is told what it missed
};

/// Bytes of a partition's log that are read for somebody in one step.
inline constexpr std::size_t read_step = 256 * kib;
/// Bytes by which the replays of one node and partition may be beyond what
/// `limits.replays` has for them before nothing more is read for them.
inline constexpr std::size_t replay_debt = 4 * read_step;
/// No replay has more at once than this part of `limits.credit`.
inline constexpr std::size_t replay_share = 8;

/// [[limits.event]]: how often one connection may emit it.
struct event_limit_options {
  std::string name;
  rate_options events;
  rate_options bytes; ///< of its arguments and attachments
  /// Where it stands in the file; 0: unknown.
  std::uint32_t line = 0;

  bool operator==(const event_limit_options&) const = default;
};

/// [limits]: what one client, one partition, and one node's waiting may cost.
struct limits_options {
  /// Bytes waiting for one client; beyond, it lags. Unset: follows max_payload.
  std::size_t outbox = 1 * mib;
  /// Bytes waiting for all clients of the node. The more wait, the less may
  /// wait for each: what is left, at least 16 KiB and at most `outbox`.
  std::size_t outboxes = 1 * gib;
  /// Bytes of the log that a lagging client may be behind; beyond them `on_lag`
  /// acts.
  std::size_t max_lag = 64 * mib;
  lag_policy on_lag = lag_policy::disconnect;
  /// Requests of one connection that somebody has yet to handle: emits without
  /// a delivery report, joins, leaves, local events, namespaces that are
  /// entered or left; with or without an ack. At the limit its socket is not
  /// read.
  std::uint32_t unanswered_emits = 64;
  /// Likewise in bytes.
  std::size_t unanswered_bytes = 1 * mib;
  /// Bytes of recent records kept per partition.
  std::size_t tail_cache = 16 * mib;
  /// Bytes of records on their way to this node's rooms, per partition.
  std::size_t credit = 4 * mib;
  /// Bytes of records, of the whole node, for members of rooms that catch up:
  /// after they were away or slow, or with `history`. Half of it is for what is
  /// on its way; rooms take turns for that, and none gets more of it at once
  /// than an eighth of `credit`. Half is for what rooms keep of it for those who
  /// come a little later, none more than `credit`.
  std::size_t replays = 128 * mib;
  /// Clients from one address (of IPv6, the first 64 bits) at once, counted as
  /// for server.max_connections, and refused with 429. A proxy that
  /// `server.trust_proxy` does not name is one address.
  std::uint32_t connections_per_address = 100'000;
  /// Connections of one user (of a token) to this node; 0: any number.
  std::uint32_t connections_per_user = 0;
  /// How often sessions may begin: from one address, and on the whole node.
  /// Refused with 429.
  rate_options connection_rate;
  rate_options handshakes;
  /// How often requests may come from one address that belong to no session:
  /// files, what is not there, handshakes that are none. Refused with 429.
  rate_options requests{1'000, 0};
  /// What one connection may send, whatever it is: packets over polling, frames
  /// of a WebSocket. It is not read before there is space for more.
  rate_options packets{10'000, 0};
  /// What one connection may ask for, however it ends: events that it emits,
  /// joins and leaves among them, and bytes of those; and of the joins alone.
  /// What is more is refused (rate_limited), and the connection read again when
  /// there is space, at the latest after a second.
  rate_options events;
  rate_options bytes;
  rate_options joins;
  /// With so many refusals within a minute the client is sent away; 0: never.
  std::uint32_t max_rate_limited = 0;
  /// Of some events alone.
  std::vector<event_limit_options> event;
  /// Bytes of a session's first request, its target and headers, that are kept
  /// with it; header lines beyond them are not.
  std::size_t handshake = 4 * kib;
  /// Rooms that one socket may be in.
  std::uint32_t rooms_per_socket = 256;
  /// Bytes of a room's name; with `rooms_per_socket` the bound of what a
  /// socket's memberships hold.
  std::size_t room_name = 255;
  /// Bytes of the offset that recovery appends to each event; a socket in more
  /// rooms than fit cannot recover.
  std::size_t recovery_offset = 1 * kib;
  /// Bytes of events that wait on this node while librdkafka's queue is full.
  std::size_t producer_queue = 256 * mib;
  /// Polling requests of clients here that wait for another node, which has
  /// their sessions; and the bytes of their bodies. Further ones are answered
  /// 503.
  std::uint32_t forwarded_polls = 100'000;
  std::size_t forwarded_bytes = 64 * mib;
  /// Closed sockets of which this node remembers what their clients have: an
  /// older offset brings none of them back. It should be as many as clients may
  /// leave at once.
  std::uint32_t recent_sockets = 100'000;
  /// Ids of emitted events that this node remembers (`id_from`).
  std::uint32_t idempotency_ids = 100'000;
  /// Nesting of JSON that a client or a record may hold.
  std::uint32_t json_depth = 128;

  bool operator==(const limits_options&) const = default;
};

} // namespace weir
