#include "actors/answers.hpp"

#include "transport/socketio/json_slice.hpp"

#include <charconv>
#include <system_error>

namespace weir {

std::string stored_answer(std::string_view topic, std::int32_t partition,
                          std::int64_t offset) {
  std::string out = R"({"status":"ok","topic":)";
  json::append_string(out, topic);
  out.append(R"(,"partition":)").append(std::to_string(partition));
  out.append(R"(,"offset":)").append(std::to_string(offset));
  return out += '}';
}

std::string room_answer(std::string_view room, const positions& from) {
  std::string out = R"({"status":"ok","room":)";
  json::append_string(out, room);
  out += R"(,"offset":")";
  for (auto separator = ""; auto& [partition, offset] : from) {
    out.append(separator).append(std::to_string(partition));
    out.append(":").append(std::to_string(offset));
    separator = ",";
  }
  return out += "\"}";
}

namespace {

/// Takes a number and what must follow it off `text`.
template <class T>
bool take_number(std::string_view& text, T& x, char after) {
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, x);
  if (error != std::errc{} || x < 0)
    return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  if (text.empty())
    return after == ',';
  if (text.front() != after)
    return false;
  text.remove_prefix(1);
  return !text.empty();
}

} // namespace

std::optional<positions> read_offset(std::string_view text) {
  positions result;
  while (!text.empty()) {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    if (!take_number(text, partition, ':') || !take_number(text, offset, ',')
        || !result.emplace(partition, offset).second)
      return std::nullopt;
  }
  return result.empty() ? std::nullopt : std::optional{std::move(result)};
}

std::string gap_argument(std::string_view room, std::int32_t partition,
                         std::int64_t from, std::int64_t to) {
  std::string out = R"({"room":)";
  json::append_string(out, room);
  out.append(R"(,"partition":)").append(std::to_string(partition));
  out.append(R"(,"from":)").append(std::to_string(from));
  out.append(R"(,"to":)").append(std::to_string(to));
  return out += '}';
}

std::string error_answer(emit_errc code, std::string_view message) {
  std::string out = R"({"status":"error","code":")";
  out.append(to_string(code)).append(R"(","message":)");
  json::append_string(out, message);
  return out += '}';
}

} // namespace weir
