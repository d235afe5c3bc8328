#pragma once

// librdkafka's statistics, read without a JSON parser: they may be large, and
// little of them is wanted.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::kafka::statistics {

/// The text after `name` in `json`, which is moved behind it.
inline std::optional<std::string_view> take(std::string_view& json,
                                            std::string_view name) {
  auto i = json.find(name);
  if (i == std::string_view::npos)
    return std::nullopt;
  json.remove_prefix(i + name.size());
  return json;
}

/// The number that `x` begins with; -1: none.
inline std::int64_t number(std::string_view x) {
  std::int64_t result = -1;
  std::from_chars(x.data(), x.data() + x.size(), result);
  return result;
}

} // namespace weir::kafka::statistics
