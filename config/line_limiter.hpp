#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::log {

/// What a line of the log says, as it stands in the code: only a literal
/// converts, so there are as many as the program's text has.
class line_text {
public:
  consteval line_text(const char* text) : text_(text) {}

  constexpr std::string_view view() const { return text_; }

private:
  std::string_view text_;
};

/// Decides which lines of one text are written: within an interval one for each
/// key, and so many in all. Plain logic, with bounded memory: what is left out
/// is counted, not kept.
class line_limiter {
public:
  using instant = std::chrono::steady_clock::time_point;

  line_limiter(std::size_t max_lines, std::chrono::milliseconds interval)
    : max_lines_(max_lines), interval_(interval) {}

  /// Nothing: leave the line out. Otherwise write it, and how many with this
  /// text were left out since the last one.
  std::optional<std::uint64_t> admit(line_text text, std::string_view key,
                                     instant now);

private:
  struct history {
    instant begin;
    std::vector<std::size_t> keys; ///< hashes of those that have had a line
    std::uint64_t left_out = 0;
  };

  std::size_t max_lines_;
  std::chrono::milliseconds interval_;
  std::map<std::string_view, history> texts_;
};

} // namespace weir::log
