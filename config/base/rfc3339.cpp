#include "config/base/rfc3339.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace weir {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds first{-62'167'219'200'000}; // 0000-01-01T00:00:00.000Z
constexpr milliseconds last{253'402'300'799'999};  // 9999-12-31T23:59:59.999Z

/// Overwrites the digits that end at `last_digit`.
void put(std::string& out, std::size_t last_digit, int width,
         std::int64_t value) {
  for (; width > 0; --width, value /= 10)
    out[last_digit--] = static_cast<char>('0' + value % 10);
}

std::string format_second(seconds time) {
  std::string out = "0000-00-00T00:00:00.000Z";
  auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  const std::chrono::hh_mm_ss clock{time - day};
  put(out, 3, 4, static_cast<int>(date.year()));
  put(out, 6, 2, static_cast<unsigned>(date.month()));
  put(out, 9, 2, static_cast<unsigned>(date.day()));
  put(out, 12, 2, clock.hours().count());
  put(out, 15, 2, clock.minutes().count());
  put(out, 18, 2, clock.seconds().count());
  return out;
}

} // namespace

std::string to_rfc3339(std::int64_t time_ms) {
  // Events come in bursts: mostly only the milliseconds differ.
  thread_local seconds cached_second{};
  thread_local std::string cached = format_second(cached_second);
  auto time = std::clamp(milliseconds{time_ms}, first, last);
  auto second = std::chrono::floor<seconds>(time);
  if (second != cached_second) {
    cached = format_second(second);
    cached_second = second;
  }
  auto result = cached;
  put(result, 22, 3, (time - second).count());
  return result;
}

std::string to_rfc3339_seconds(std::int64_t time) {
  auto from = std::chrono::floor<seconds>(first);
  auto to = std::chrono::floor<seconds>(last);
  auto result = format_second(std::clamp(seconds{time}, from, to));
  result.erase(result.find('.'), 4);
  return result;
}

} // namespace weir
