#pragma once

#include "actors/contract/routes.hpp"
#include "actors/room/room_encoder.hpp"
#include "schemas/record_rows.hpp"
#include "transport/kafka/record.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

struct event_limits {
  std::size_t json_depth = 0;
  std::size_t max_event = 0; ///< as `room_encoder_options`
};

/// What the records of a topic are to clients: for each mapping that has a
/// record's key, the room and the event; or why nobody gets it. Plain logic.
class topic_events {
public:
  topic_events(const routes& rules, std::string topic, event_limits limits);

  /// Whether a mapping has the topic.
  bool is_mapped() const { return !mappings_.empty(); }

  /// Appends a record's events; a tombstone may be none.
  void append(std::int32_t partition, const kafka::record_view& record,
              std::vector<schemas::record_status>& to);

  /// Appends that something is wrong at an offset.
  void append_problem(std::int32_t partition, std::int64_t offset,
                      std::string why,
                      std::vector<schemas::record_status>& to) const;

private:
  struct mapping {
    const mapping_route* route;
    std::string nsp;
    room_encoder encoder;
  };

  void append(mapping& x, schemas::record_status row,
              const kafka::record_view& record,
              std::vector<schemas::record_status>& to);

  std::string topic_;
  std::vector<mapping> mappings_;
};

} // namespace weir
