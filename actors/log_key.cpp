#include "actors/log_key.hpp"

#include <algorithm>
#include <charconv>

namespace weir {

namespace {

constexpr std::string_view mark{"\0log=", 5};
constexpr std::string_view misplaced_mark{"\0misplaced=", 11};

/// What stands behind the mark, of the key that is taken out; empty: none.
std::string take(std::vector<std::string>& keys, std::string_view mark) {
  auto i = std::find_if(keys.begin(), keys.end(),
                        [&](auto& x) { return x.starts_with(mark); });
  if (i == keys.end())
    return {};
  auto result = i->substr(mark.size());
  keys.erase(i);
  return result;
}

} // namespace

std::string log_key(kafka::log_id log) {
  return std::string{mark} + std::to_string(log);
}

kafka::log_id take_log(std::vector<std::string>& keys) {
  auto text = take(keys, mark);
  kafka::log_id result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::string misplaced_key(std::string_view text) {
  return std::string{misplaced_mark}.append(text);
}

std::string take_misplaced(std::vector<std::string>& keys) {
  return take(keys, misplaced_mark);
}

} // namespace weir
