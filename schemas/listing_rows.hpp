#pragma once

// The rows of what the admin endpoint lists, as one node has them. The fields
// are described in weir/v1/status.proto.

#include "schemas/readiness.hpp"
#include "schemas/server_rows.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir::schemas {

/// All actors of one type on this node.
struct actor_status {
  std::string type;
  std::uint32_t count = 0;
  std::uint32_t mailbox = 0;
  std::uint64_t processed = 0;
  std::uint32_t mailbox_max = 0;
  std::uint64_t busy_ms = 0;
  std::uint64_t credit_held = 0;
  std::uint64_t credit_owed = 0;
  std::uint64_t restarts = 0;
};

/// One of them.
struct busy_actor {
  std::uint64_t id = 0;
  std::string type;
  std::uint32_t mailbox = 0;
  std::uint32_t mailbox_max = 0;
  std::uint64_t processed = 0;
  std::uint64_t busy_ms = 0;
};

/// A partition that this node consumes.
struct partition_status {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t position = 0;
  std::int64_t log_end = -1;
  std::int64_t lag = 0;
  std::int64_t committed = -1;
  std::uint32_t subscribers = 0;
  std::uint64_t credit = 0;
  std::uint64_t cached_bytes = 0;
  bool interim = false; ///< in place of a node that is gone
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;
};

/// A link to another node.
struct link_status {
  bool encrypted = false;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
  std::uint32_t silent_ms = 0;
};

/// A node of the cluster, as this node sees it.
struct node_status {
  std::string name;
  std::uint64_t incarnation = 0;
  std::string state;
  std::string address;
  std::uint32_t partitions = 0;
  std::uint32_t connections = 0;
  std::vector<std::string> owned;
  std::optional<link_status> link; ///< nothing: there is none, or it is itself
  std::string mappings{};   ///< the same for the same ones; empty: not known
  std::string token_keys{}; ///< likewise for their URL; empty also: no URL
  std::optional<schemas::readiness> readiness{}; ///< nothing: not known
};

/// An offset that is wanted next.
struct position_status {
  std::int32_t partition = 0;
  std::int64_t next = -1;
  bool behind = false;
  std::optional<std::int64_t> lag{};
};

struct lagging_member {
  std::string socket;
  std::string user;
  std::vector<position_status> positions;
};

struct room_partition {
  std::int32_t partition = 0;
  std::int64_t next = -1;
  bool replays = false;
};

/// A room on one node.
struct room_status {
  std::string nsp;
  std::string name;
  std::string topic;
  std::string key;
  std::uint32_t members = 0;
  std::uint32_t members_lagging = 0;
  std::uint32_t waiting_joins = 0;
  std::string problem;
  std::uint64_t skipped_records = 0;
  std::vector<room_partition> partitions;
  std::vector<lagging_member> lagging;
  std::uint32_t waiting_ms = 0; ///< the first of those joins
};

struct membership_status {
  std::string room;
  bool joining = false;
  bool behind = false;
  std::vector<position_status> positions;
};

struct socket_status {
  std::string id;
  std::string nsp;
  std::string user;
  std::uint32_t room_count = 0;
  std::vector<membership_status> rooms;
};

/// The request that a connection began with.
struct handshake_status {
  std::string path;
  std::map<std::string, std::string> query;
  std::map<std::string, std::string> headers;
  std::uint64_t issued_ms = 0;
  bool secure = false;
};

struct connection_status {
  std::string id;
  std::string address;
  std::string transport;
  std::uint64_t connected_ms = 0;
  std::uint64_t outbox_bytes = 0;
  std::uint64_t outbox_limit = 0;
  std::uint32_t open_requests = 0;
  std::uint64_t open_bytes = 0;
  bool paused = false;
  bool behind = false;
  std::vector<socket_status> sockets;
  std::optional<handshake_status> handshake{}; ///< in detail
};

/// A counter or gauge.
struct metric_value {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

/// A room, key or partition, and how much there is of it.
struct hot_status {
  std::string kind; ///< "room", "key" or "partition"
  std::string nsp;  ///< of a room
  std::string room;
  std::string topic; ///< of a key or partition
  std::int32_t partition = -1;
  std::string key;
  std::uint64_t count = 0;
  std::uint64_t error = 0; ///< `count` may be too high by so many
  std::uint64_t bytes = 0; ///< of a partition
  std::uint32_t over_ms = 0;
};

} // namespace weir::schemas
