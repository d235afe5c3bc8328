#include "actors/client/answers.hpp"

#include "transport/socketio/json_slice.hpp"

#include <charconv>
#include <system_error>
#include <utility>

namespace weir {

std::string stored_answer(std::string_view topic_json, std::int32_t partition,
                          std::int64_t offset) {
  constexpr std::size_t all_but_topic = 80;
  std::string out;
  out.reserve(topic_json.size() + all_but_topic);
  out.append(R"({"status":"ok","topic":)").append(topic_json);
  out.append(R"(,"partition":)").append(std::to_string(partition));
  out.append(R"(,"offset":)").append(std::to_string(offset));
  return out += '}';
}

std::string room_answer(std::string_view room, const room_offset& x) {
  std::string out = R"({"status":"ok","room":)";
  json::append_string(out, room);
  out += R"(,"offset":")";
  for (auto separator = ""; auto& [partition, offset] : x.next) {
    out.append(separator).append(std::to_string(partition));
    out.append(":").append(std::to_string(offset));
    if (auto i = x.logs.find(partition); i != x.logs.end()) {
      out.append("@").append(std::to_string(i->second.log));
      if (auto epoch = i->second.leader_epoch; epoch >= 0)
        out.append(".").append(std::to_string(epoch));
    }
    separator = ",";
  }
  if (!x.next.empty() && x.of_partitions > 0)
    out.append("/").append(std::to_string(x.of_partitions));
  return out += "\"}";
}

namespace {

/// Takes a number off `text`.
template <class T>
bool take_number(std::string_view& text, T& x) {
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, x);
  if (error != std::errc{} || std::cmp_less(x, 0))
    return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return true;
}

bool take_sign(std::string_view& text, char x) {
  auto result = text.starts_with(x);
  if (result)
    text.remove_prefix(1);
  return result;
}

bool take_position(std::string_view& text, room_offset& to) {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  named_log named;
  if (!take_number(text, partition) || !take_sign(text, ':')
      || !take_number(text, offset)
      || !to.next.emplace(partition, offset).second)
    return false;
  if (!take_sign(text, '@'))
    return true;
  if (!take_number(text, named.log)
      || (take_sign(text, '.') && !take_number(text, named.leader_epoch)))
    return false;
  if (named.log != 0)
    to.logs.emplace(partition, named);
  return true;
}

} // namespace

std::optional<room_offset> read_offset(std::string_view text) {
  room_offset result;
  do
    if (!take_position(text, result))
      return std::nullopt;
  while (take_sign(text, ','));
  if (take_sign(text, '/') && !take_number(text, result.of_partitions))
    return std::nullopt;
  return text.empty() ? std::optional{std::move(result)} : std::nullopt;
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

std::string left_argument(std::string_view room, std::string_view reason) {
  std::string out = R"({"room":)";
  json::append_string(out, room);
  return out.append(R"(,"reason":")").append(reason).append("\"}");
}

std::string error_answer(emit_errc code, std::string_view message,
                         std::chrono::milliseconds retry_after) {
  std::string out = R"({"status":"error","code":")";
  out.append(to_string(code)).append(R"(","message":)");
  json::append_string(out, message);
  if (retry_after.count() > 0)
    out.append(R"(,"retry_after_ms":)")
      .append(std::to_string(retry_after.count()));
  return out += '}';
}

} // namespace weir
