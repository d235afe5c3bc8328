#pragma once

#include "actors/emit_error.hpp"
#include "actors/messages.hpp"

#include <string>
#include <string_view>

namespace weir {

/// The JSON objects that acks carry.

/// `{"status":"ok","topic":"...","partition":0,"offset":17}`
std::string stored_answer(std::string_view topic, std::int32_t partition,
                          std::int64_t offset);

/// `{"status":"ok","room":"...","offset":"..."}`; the offset is opaque for
/// clients: `partition:offset` with commas between.
std::string room_answer(std::string_view room, const positions& from);

/// `{"status":"error","code":"...","message":"..."}`
std::string error_answer(emit_errc code, std::string_view message);

} // namespace weir
