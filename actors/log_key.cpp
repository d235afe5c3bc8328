#include "actors/log_key.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace weir {

namespace {

constexpr std::string_view mark{"\0log=", 5};

} // namespace

std::string log_key(kafka::log_id log) {
  return std::string{mark} + std::to_string(log);
}

kafka::log_id take_log(std::vector<std::string>& keys) {
  auto i = std::find_if(keys.begin(), keys.end(),
                        [](auto& x) { return x.starts_with(mark); });
  if (i == keys.end())
    return 0;
  kafka::log_id result = 0;
  std::from_chars(i->data() + mark.size(), i->data() + i->size(), result);
  keys.erase(i);
  return result;
}

} // namespace weir
