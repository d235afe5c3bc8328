#pragma once

#include "transport/kafka/record.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Names the log that the offsets of a subscription are of, and the leader's
/// epoch of its position, as one more of its keys: nodes of the former version
/// take it for a key that no record has, and pass by it. Until `oldest_version`
/// has passed that version; then it becomes a field.
std::string log_key(kafka::log_id log, std::int32_t leader_epoch = -1);

struct named_log {
  kafka::log_id log = 0;          ///< 0: there is none
  std::int32_t leader_epoch = -1; ///< as kafka::log_position
};

/// Takes such a key out.
named_log take_log(std::vector<std::string>& keys);

/// Likewise what a `misplaced_keys` has written.
std::string misplaced_key(std::string_view text);
std::string take_misplaced(std::vector<std::string>& keys);

} // namespace weir
