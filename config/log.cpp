#include "config/log.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace weir::log {

namespace {

log_options current;

std::string_view level_name(log_level x) {
  constexpr std::array names{"trace", "debug", "info", "warning", "error"};
  return names[static_cast<std::size_t>(x)];
}

/// 2026-11-22T17:03:51.042Z
std::string now_text() {
  using namespace std::chrono;
  auto now = floor<milliseconds>(system_clock::now());
  auto in_seconds = system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&in_seconds, &parts);
  std::array<char, 32> text{};
  auto n = std::strftime(text.data(), text.size(), "%FT%T", &parts);
  auto ms = now.time_since_epoch().count() % 1000;
  n += static_cast<std::size_t>(
    std::snprintf(text.data() + n, text.size() - n, ".%03dZ", int(ms)));
  return {text.data(), n};
}

/// Quotes a value; what a client sent must not be able to forge a line.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", c);
      out += escaped.data();
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

std::string text_line(log_level level, std::string_view what, fields values) {
  auto line = now_text();
  line.append(" ").append(level_name(level)).append(" ").append(what);
  for (auto& x : values) {
    line.append(" ").append(x.name).append("=");
    if (x.quoted && x.value.find_first_of(" \"\\=\n\r\t") != std::string::npos)
      append_quoted(line, x.value);
    else
      line += x.value;
  }
  return line;
}

std::string json_line(log_level level, std::string_view what, fields values) {
  auto line = R"({"time":")" + now_text() + R"(","level":")";
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

} // namespace

void configure(const log_options& settings) {
  current = settings;
}

bool enabled(log_level level) {
  return level >= current.level;
}

void write(log_level level, std::string_view what, fields values) {
  if (!enabled(level))
    return;
  auto line = current.format == log_format::json
                ? json_line(level, what, values)
                : text_line(level, what, values);
  line += '\n';
  // Nowhere to report to when stderr itself is gone.
  [[maybe_unused]] auto n = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace weir::log
