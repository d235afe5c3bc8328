#pragma once

// One node's part of a list (listing_codec.hpp), in Protobuf.

#include "schemas/listing_rows.hpp"
#include "schemas/record_rows.hpp"

#include <optional>
#include <string>
#include <vector>

namespace weir::schemas {

std::string to_bytes(const std::vector<actor_status>& actors,
                     const std::vector<busy_actor>& busiest = {});
std::string to_bytes(const std::vector<partition_status>& partitions);
std::string to_bytes(const std::vector<node_status>& nodes);
std::string to_bytes(const std::vector<hot_status>& hot);
std::string to_bytes(const std::vector<metric_value>& metrics);

/// `more`: it has others behind these.
std::string to_bytes(const std::vector<room_status>& rooms, bool more);
std::string to_bytes(const std::vector<connection_status>& connections,
                     bool more);
std::string to_bytes(const server_status& x);
std::string to_bytes(const record_page& x);

// -- a part, read again; nothing: it is something else -----------------------

struct connection_list {
  std::vector<connection_status> connections;
  bool more = false;
};

std::optional<connection_list> connections_in(const std::string& bytes);
std::optional<server_status> server_in(const std::string& bytes);

} // namespace weir::schemas
