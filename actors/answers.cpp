#include "actors/answers.hpp"

#include "transport/socketio/json_slice.hpp"

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

std::string error_answer(emit_errc code, std::string_view message) {
  std::string out = R"({"status":"error","code":")";
  out.append(to_string(code)).append(R"(","message":)");
  json::append_string(out, message);
  return out += '}';
}

} // namespace weir
