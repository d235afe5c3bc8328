#pragma once

#include "config/options/units.hpp"

#include <cstdint>

namespace weir {

enum class log_level { trace, debug, info, warning, error };
enum class log_format { text, json };

/// [log]: to stderr.
struct log_options {
  log_level level = log_level::info;
  log_format format = log_format::text;
  /// Of lines that clients, other nodes or brokers can cause as often as they
  /// like: how many with the same text are written within `limit_interval`, in
  /// all and one for each cause. The next one says how many were left out.
  std::uint32_t limit_lines = 10;
  milliseconds limit_interval = seconds{10};

  bool operator==(const log_options&) const = default;
};

} // namespace weir
