#pragma once

#include "actors/contract/participants.hpp"
#include "actors/runtime/emit_error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// The JSON objects that acks carry.

/// `{"status":"ok","topic":"...","partition":0,"offset":17}`; the topic is a
/// JSON string already.
std::string stored_answer(std::string_view topic_json, std::int32_t partition,
                          std::int64_t offset);

/// Where somebody is in a room, as an offset says it.
struct room_offset {
  positions next;
  partition_logs logs{};
  std::int32_t of_partitions = 0; ///< that the topic had; 0: not known

  bool operator==(const room_offset&) const = default;
};

/// `{"status":"ok","room":"...","offset":"..."}`; the offset is opaque for
/// clients: `partition:offset`, or `partition:offset@log.epoch` where the log,
/// or also its leader's epoch, is known, with commas between, and `/` with the
/// number of the topic's partitions where that is known.
std::string room_answer(std::string_view room, const room_offset& x);

/// The offset as a client hands it back; nothing: it is none.
std::optional<room_offset> read_offset(std::string_view text);

/// `{"room":"...","partition":0,"from":17,"to":42}`
std::string gap_argument(std::string_view room, std::int32_t partition,
                         std::int64_t from, std::int64_t to);

/// `{"room":"...","reason":"not_allowed"}`
std::string left_argument(std::string_view room, std::string_view reason);

/// `{"status":"error","code":"...","message":"..."}`, and, where that is not 0,
/// `"retry_after_ms":20`
std::string error_answer(emit_errc code, std::string_view message,
                         std::chrono::milliseconds retry_after = {});

} // namespace weir
