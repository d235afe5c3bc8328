#pragma once

// Records of a topic, as the admin endpoint lists them. The fields are described
// in weir/v1/status.proto.

#include "schemas/listing_rows.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::schemas {

/// A record as clients get it, or why they do not.
struct record_status {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t time_ms = 0;
  std::string nsp;
  std::string room;
  std::string event;
  std::string args; ///< a JSON array
  std::uint32_t attachments = 0;
  std::string problem;
};

/// Some of a topic's records, and where what comes next begins.
struct record_page {
  std::vector<record_status> records;
  std::vector<position_status> positions;
};

} // namespace weir::schemas
