#pragma once

#include "tools/admin_question.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace weir {

/// Whose events are looked for.
struct trace_options {
  std::string who; ///< a user; or the id of a connection or a socket
  std::string room;
  std::string nsp = "/";
  /// Of the record that is looked for.
  std::optional<std::int64_t> offset{};
  std::optional<std::int32_t> partition{};
};

/// Follows a room's records on their way from the partition to a client, and
/// says of each step how far they have come. Fails at the first that stops
/// them.
exit_code trace_delivery(const question_settings& how, const trace_options& x);

} // namespace weir
