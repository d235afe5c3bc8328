#pragma once

// Lists of what nodes have, of all of them together: each node's part is
// Protobuf (weir/v1/status.proto), so that nodes of neighbouring versions
// understand each other; what people and scripts get is its JSON.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir::schemas {

/// An offset that is wanted next.
struct position_status {
  std::int32_t partition = 0;
  std::int64_t next = -1;
  bool behind = false;
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
};

/// A counter or gauge.
struct metric_value {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

/// A node's part.
std::string to_bytes(const std::vector<metric_value>& metrics);

/// A node's part. `more`: it has others behind these.
std::string to_bytes(const std::vector<room_status>& rooms, bool more);
std::string to_bytes(const std::vector<connection_status>& connections,
                     bool more);

// -- of all nodes -------------------------------------------------------------

enum class listing : std::uint8_t {
  actors,
  partitions,
  nodes,
  rooms,
  connections,
  metrics,
};

/// What one node has answered.
struct listing_part {
  std::string node;
  std::string bytes;
};

/// What several nodes have, and how much of it is in it.
struct listing_sum {
  std::string json;
  std::size_t rows = 0;
  bool partial = false;
};

/// Puts the parts together in the order of the list, of rooms and connections
/// the first `limit`. Requires: each part holds the node's first `limit`.
/// Whoever has sent something else is silent, too.
listing_sum join_parts(listing what, const std::vector<listing_part>& parts,
                       std::vector<std::string> silent_nodes,
                       std::size_t limit);

// What `?after=` says of rooms: Socket.IO's namespaces hold no comma.

std::string room_cursor(std::string_view nsp, std::string_view name);

struct room_place {
  std::string_view nsp;
  std::string_view name;
};

room_place place_of(std::string_view cursor);

} // namespace weir::schemas
