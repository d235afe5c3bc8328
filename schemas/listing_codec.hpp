#pragma once

// Lists of what nodes have, of all of them together: each node's part is
// Protobuf (weir/v1/status.proto), so that nodes of neighbouring versions
// understand each other; what people and scripts get is its JSON.

#include "schemas/listing_part_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::schemas {

enum class listing : std::uint8_t {
  actors,
  partitions,
  nodes,
  rooms,
  connections,
  metrics,
  hot,
  servers,
  records,
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
/// the first `limit`, of what is hot so many of each kind. Requires: each part holds the node's first `limit`.
/// Whoever has sent something else is silent, too. Of records, `rows` counts the
/// partitions that are read.
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
