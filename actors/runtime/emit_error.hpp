#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

/// Why a client's request was refused: the closed list that clients see as
/// `code`.
enum class emit_errc : std::uint8_t {
  none,
  unknown_event,   ///< the namespace maps no such event
  unknown_room,    ///< no mapping has such a room
  not_allowed,     ///< clients may not do this here
  not_a_member,    ///< the mapping lets only members emit
  invalid_payload, ///< the arguments do not fit the mapping
  too_large,       ///< more bytes than Kafka or `max_payload` allows
  rate_limited,    ///< too many requests
  unavailable,     ///< certainly not stored
  timeout,         ///< unknown: it may still be stored
};

constexpr std::string_view to_string(emit_errc x) {
  switch (x) {
    case emit_errc::none:
      return "ok";
    case emit_errc::unknown_event:
      return "unknown_event";
    case emit_errc::unknown_room:
      return "unknown_room";
    case emit_errc::not_allowed:
      return "not_allowed";
    case emit_errc::not_a_member:
      return "not_a_member";
    case emit_errc::invalid_payload:
      return "invalid_payload";
    case emit_errc::too_large:
      return "too_large";
    case emit_errc::rate_limited:
      return "rate_limited";
    case emit_errc::unavailable:
      return "unavailable";
    case emit_errc::timeout:
      return "timeout";
  }
  return "unavailable";
}

} // namespace weir
