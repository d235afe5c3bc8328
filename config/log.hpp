#pragma once

// The node's log: one line per event on stderr, as text or JSON.

#include "config/line_limiter.hpp"
#include "config/options/log.hpp"

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir::log {

/// A named value: {"topic", "chat.messages"}, {"offset", 17}.
class field {
public:
  field(std::string_view name, std::string_view value)
    : name(name), value(value), quoted(true) {}
  field(std::string_view name, const char* value)
    : field(name, std::string_view{value}) {}
  field(std::string_view name, const std::string& value)
    : field(name, std::string_view{value}) {}
  field(std::string_view name, std::integral auto value)
    : name(name), value(std::to_string(value)), quoted(false) {}

  std::string_view name;
  std::string value;
  bool quoted;
};

using fields = std::initializer_list<field>;

/// Sets level, format and limits, also while others log.
void configure(const log_options& settings);

/// Writes what is of this level or above from now on; thread-safe.
void set_level(log_level level);

/// Nothing: no level is called that.
std::optional<log_level> level_of(std::string_view name);

bool enabled(log_level level);

/// Writes one line; thread-safe. Never waits for whoever reads stderr: what he
/// does not take is lost, counted (`lines_lost`) and reported when he
/// continues.
void write(log_level level, std::string_view what, fields values = {});

/// Writes a line that somebody else - a client, another node, a broker - can
/// cause as often as he likes: within `log.limit_interval` once for each `key`,
/// and at most `log.limit_lines` with the same text. The next one that is
/// written says in `left_out` how many there were meanwhile. Thread-safe.
void limited(log_level level, line_text what, std::string_view key,
             fields values = {});

inline void debug(std::string_view what, fields values = {}) {
  if (enabled(log_level::debug))
    write(log_level::debug, what, values);
}

inline void info(std::string_view what, fields values = {}) {
  write(log_level::info, what, values);
}

inline void warning(std::string_view what, fields values = {}) {
  write(log_level::warning, what, values);
}

inline void error(std::string_view what, fields values = {}) {
  write(log_level::error, what, values);
}

} // namespace weir::log
