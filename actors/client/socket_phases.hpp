#pragma once

#include "actors/client/entrant.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/permissions.hpp"
#include "actors/contract/routes.hpp"
#include "actors/runtime/emit_error.hpp"
#include "actors/runtime/io_loop.hpp"
#include "schemas/recovery_codec.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a socket is in the middle of, and what becomes of its rooms then.

namespace weir {

/// A socket on its way back: the client has not been answered yet.
struct resumption {
  std::string payload; ///< of its CONNECT packet
  schemas::recovered_position position;
  std::size_t awaited = 0; ///< rooms that have not answered
  /// Rooms that its client may not be in now, and why.
  std::vector<std::pair<std::string, emit_errc>> lost;
  request_lease lease; ///< what it holds is the client's to pay for
  loop_timer timer;
};

/// An `on_connect` event that waits for its delay, or for what must not come
/// before it.
struct pending_greeting {
  std::string args;
  loop_timer timer;
};

/// What whoever waits to get into a room is told instead.
struct join_refusal {
  emit_errc code;
  std::string_view message;
};

/// To who leaves a room that it has not been let into yet.
inline constexpr join_refusal has_left{
  emit_errc::unavailable, "the socket has left the room meanwhile"};

/// Why a socket is not in a room any more.
struct lost_room {
  std::string_view reason; ///< of `weir:left`
  join_refusal to_who_joins;
};

/// What becomes of a room where mappings change; null: it stays.
const lost_room* loss_of(const std::string& room, const nsp_routes& former,
                         const nsp_routes& now);

/// By which rules a socket was in rooms by itself so far.
struct former_rules {
  const nsp_routes* rules;
  rights_ptr rights;
};

} // namespace weir
