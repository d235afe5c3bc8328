#include "config/line_limiter.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace weir::log {

std::optional<std::uint64_t>
line_limiter::admit(line_text text, std::string_view key, instant now) {
  auto& x = texts_.try_emplace(text.view(), history{now, {}, 0}).first->second;
  if (now - x.begin >= interval_) {
    x.begin = now;
    x.keys.clear();
  }
  // Two keys of one hash share a line, which costs less than keys of any size.
  auto hash = std::hash<std::string_view>{}(key);
  auto is_known = std::find(x.keys.begin(), x.keys.end(), hash) != x.keys.end();
  if (is_known || x.keys.size() >= max_lines_) {
    ++x.left_out;
    return std::nullopt;
  }
  x.keys.push_back(hash);
  return std::exchange(x.left_out, 0);
}

} // namespace weir::log
