#pragma once

#include "transport/kafka/record.hpp"

#include <cstdint>
#include <optional>
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
  // Whoever knows no epoch names a log alone.
  // NOLINTNEXTLINE(google-explicit-constructor)
  named_log(kafka::log_id in = 0, std::int32_t epoch = -1)
    : log{in}, leader_epoch{epoch} {}

  kafka::log_id log;         ///< 0: there is none
  std::int32_t leader_epoch; ///< as kafka::log_position

  bool operator==(const named_log&) const = default;
};

/// Takes such a key out.
named_log take_log(std::vector<std::string>& keys);

/// Likewise what a `misplaced_keys` has written.
std::string misplaced_key(std::string_view text);
std::string take_misplaced(std::vector<std::string>& keys);

/// Likewise where epochs begin, of a `leader_epochs`.
std::string epochs_key(std::string_view text);
std::string take_epochs(std::vector<std::string>& keys);

/// Likewise why the partition cannot be read; empty: it can.
std::string problem_key(std::string_view why);
std::optional<std::string> take_problem(std::vector<std::string>& keys);

} // namespace weir
