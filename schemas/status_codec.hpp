#pragma once

// What the admin endpoint answers: plain structs -> JSON in Protobuf's mapping.
//
// The fields are described in weir/v1/status.proto. 64-bit numbers become JSON
// strings ("42"), as that mapping prescribes; 32-bit ones become numbers.

#include <cstdint>
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
};

/// What became of the wish that clients go.
struct disconnect_status {
  std::uint32_t disconnected = 0;
  std::vector<std::string> silent_nodes;
};

/// Whether clients should be sent here, and if not, why.
struct readiness {
  bool ready = false;
  std::vector<std::string> reasons;
};

/// A node's part of a list (listing_codec.hpp), in Protobuf.
std::string to_bytes(const std::vector<actor_status>& actors);
std::string to_bytes(const std::vector<partition_status>& partitions);
std::string to_bytes(const std::vector<node_status>& nodes);

/// `{"disconnected":...,"silent_nodes":[...]}`
std::string to_json(const disconnect_status& x);

/// `{"ready":...,"reasons":[...]}`
std::string to_json(const readiness& x);

} // namespace weir::schemas
