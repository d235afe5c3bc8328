#pragma once

#include "transport/kafka/record.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Names the log that the offsets of a subscription are of, as one more of its
/// keys: nodes of the former version take it for a key that no record has, and
/// pass by it. Until `oldest_version` has passed that version; then it becomes
/// a field.
std::string log_key(kafka::log_id log);

/// Takes such a key out; 0: there is none.
kafka::log_id take_log(std::vector<std::string>& keys);

/// Likewise what a `misplaced_keys` has written.
std::string misplaced_key(std::string_view text);
std::string take_misplaced(std::vector<std::string>& keys);

} // namespace weir
