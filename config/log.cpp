#include "config/log.hpp"

#include "config/base/rfc3339.hpp"
#include "config/base/wall_clock.hpp"
#include "config/escaped.hpp"
#include "config/line_writer.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace weir::log {

namespace {

std::atomic<log_level> lowest = log_options{}.level;
std::atomic<log_format> format = log_options{}.format;

std::mutex limiter_mutex;
line_limiter limiter{log_options{}.limit_lines, log_options{}.limit_interval};

std::mutex writer_mutex;
line_writer writer{STDERR_FILENO};
std::atomic<std::uint64_t> lost = 0;
std::uint64_t reported_lost = 0; ///< of those

using field_list = std::span<const field>;

constexpr std::array<std::string_view, 5> level_names{"trace", "debug", "info",
                                                      "warning", "error"};

std::string_view level_name(log_level x) {
  return level_names[static_cast<std::size_t>(x)];
}

/// What a client sent must not be able to forge a line.
void append_value(std::string& out, std::string_view text) {
  if (is_plain(text) && text.find_first_of(" \"\\=") == std::string_view::npos)
    out += text;
  else
    append_quoted(out, text);
}

std::string text_line(log_level level, std::string_view what,
                      field_list values) {
  auto line = to_rfc3339(unix_milliseconds());
  line.append(" ").append(level_name(level)).append(" ");
  if (is_plain(what))
    line += what;
  else
    append_quoted(line, what);
  for (auto& x : values) {
    line.append(" ").append(x.name).append("=");
    append_value(line, x.value);
  }
  return line;
}

std::string json_line(log_level level, std::string_view what,
                      field_list values) {
  auto line = R"({"time":")" + to_rfc3339(unix_milliseconds())
              + R"(","level":")";
  line.append(level_name(level)).append(R"(","message":)");
  append_quoted(line, what);
  for (auto& x : values) {
    line.append(",\"").append(x.name).append("\":");
    if (x.quoted)
      append_quoted(line, x.value);
    else
      line += x.value;
  }
  return line + "}";
}

std::string line_of(log_level level, std::string_view what, field_list values) {
  return (format == log_format::json ? json_line(level, what, values)
                                     : text_line(level, what, values))
         + '\n';
}

void write_line(log_level level, std::string_view what, field_list values) {
  auto line = line_of(level, what, values);
  std::scoped_lock lock{writer_mutex};
  auto unreported = lost - reported_lost;
  if (unreported > 0)
    line.insert(0, line_of(log_level::warning,
                           "lines of the log are lost: nobody has read them",
                           std::array{field{"lost", unreported}}));
  if (!writer.write(line))
    ++lost;
  else
    reported_lost += unreported;
}

} // namespace

std::uint64_t lines_lost() {
  return lost;
}

void configure(const log_options& settings) {
  lowest = settings.level;
  format = settings.format;
  std::scoped_lock lock{limiter_mutex};
  limiter = {settings.limit_lines, settings.limit_interval};
}

void set_level(log_level level) {
  lowest = level;
}

std::optional<log_level> level_of(std::string_view name) {
  auto i = std::find(level_names.begin(), level_names.end(), name);
  if (i == level_names.end())
    return std::nullopt;
  return static_cast<log_level>(i - level_names.begin());
}

bool enabled(log_level level) {
  return level >= lowest.load(std::memory_order_relaxed);
}

void write(log_level level, std::string_view what, fields values) {
  if (enabled(level))
    write_line(level, what, {values.begin(), values.size()});
}

void limited(log_level level, line_text what, std::string_view key,
             fields values) {
  if (!enabled(level))
    return;
  std::optional<std::uint64_t> left_out;
  {
    std::scoped_lock lock{limiter_mutex};
    left_out = limiter.admit(what, key, std::chrono::steady_clock::now());
  }
  if (!left_out)
    return;
  std::vector<field> all{values};
  if (*left_out > 0)
    all.emplace_back("left_out", *left_out);
  write_line(level, what.view(), all);
}

} // namespace weir::log
