#include "actors/contract/log_key.hpp"

#include <algorithm>
#include <charconv>

namespace weir {

namespace {

constexpr std::string_view mark{"\0log=", 5};
constexpr std::string_view misplaced_mark{"\0misplaced=", 11};
constexpr std::string_view epochs_mark{"\0epochs=", 8};
constexpr std::string_view problem_mark{"\0problem=", 9};

/// What stands behind the mark, of the key that is taken out; nothing: there is
/// none.
std::optional<std::string> take(std::vector<std::string>& keys,
                                std::string_view mark) {
  auto i = std::find_if(keys.begin(), keys.end(),
                        [&](auto& x) { return x.starts_with(mark); });
  if (i == keys.end())
    return std::nullopt;
  auto result = i->substr(mark.size());
  keys.erase(i);
  return result;
}

} // namespace

// What is behind the number was never looked at.
std::string log_key(kafka::log_id log, std::int32_t leader_epoch) {
  auto result = std::string{mark} + std::to_string(log);
  if (leader_epoch >= 0)
    result += '/' + std::to_string(leader_epoch);
  return result;
}

named_log take_log(std::vector<std::string>& keys) {
  auto text = take(keys, mark).value_or("");
  named_log result;
  auto* end = text.data() + text.size();
  auto* at = std::from_chars(text.data(), end, result.log).ptr;
  if (at != end && *at == '/')
    std::from_chars(at + 1, end, result.leader_epoch);
  return result;
}

std::string misplaced_key(std::string_view text) {
  return std::string{misplaced_mark}.append(text);
}

std::string take_misplaced(std::vector<std::string>& keys) {
  return take(keys, misplaced_mark).value_or("");
}

std::string problem_key(std::string_view why) {
  return std::string{problem_mark}.append(why);
}

std::optional<std::string> take_problem(std::vector<std::string>& keys) {
  return take(keys, problem_mark);
}

std::string epochs_key(std::string_view text) {
  return std::string{epochs_mark}.append(text);
}

std::string take_epochs(std::vector<std::string>& keys) {
  return take(keys, epochs_mark).value_or("");
}

} // namespace weir
