#pragma once

#include "actors/client/webhook_questions.hpp"
#include "actors/runtime/io_loop.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace weir {

/// What is still to be found out about a connection's client, where [auth] or
/// its certificate asks for something. Most connections never have one.
struct pending_checks {
  std::vector<std::unique_ptr<waiting_connect>> waiting; ///< one per namespace
  std::map<std::uint64_t, connect_question> connects;    ///< by request
  std::map<socket_room, room_question> rooms;
  loop_timer certificate; ///< until it is over

  /// Whether a CONNECT waits.
  bool has_connects() const { return !waiting.empty() || !connects.empty(); }

  /// Likewise, one for this namespace.
  bool has_connect(std::string_view nsp) const {
    auto is_for_it = [&](auto& rules) { return rules.settings().name == nsp; };
    return std::any_of(waiting.begin(), waiting.end(),
                       [&](auto& x) { return is_for_it(*x->rules); })
           || std::any_of(connects.begin(), connects.end(),
                          [&](auto& x) { return is_for_it(*x.second.rules); });
  }
};

} // namespace weir
