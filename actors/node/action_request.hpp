#pragma once

#include "config/options/log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// What an operator wants done, as path, query and body of a POST say it.
struct action_request {
  enum class kind : std::uint8_t {
    drain,     ///< /v1/nodes/{node}/drain
    log_level, ///< /v1/log-level?level=debug
    emit,      ///< /v1/emit?event=a&room=b
    join,      ///< /v1/join?room=a&user=b
    leave,     ///< /v1/leave?room=a&user=b
    publish,   ///< /v1/publish?event=a&room=b
    reload,    ///< /v1/reload
  };

  kind what = kind::drain;
  std::optional<std::string> node; ///< as `ask_nodes::node`
  log_level level = log_level::info;
  std::string nsp; ///< empty: it is not said
  std::string room;
  std::string sid; ///< of a connection or a socket
  std::string user;
  std::string event;
  std::string args{}; ///< JSON values with commas between them; valid
};

/// A request, or why it is none.
struct action_request_result {
  std::optional<action_request> request;
  std::string problem; ///< for people; empty: there is no such path
};

action_request_result parse_action_request(std::string_view path,
                                           std::string_view query,
                                           std::string_view body);

inline constexpr std::string_view reload_path = "/v1/reload";

/// Whether it is a path of an action, whatever its query.
bool is_action(std::string_view path);

/// Those that there are, for people.
inline constexpr std::string_view actions
  = "/v1/nodes/{node}/drain, /v1/log-level?level={level}, "
    "/v1/emit?event={event}, /v1/publish?event={event}&room={room}, "
    "/v1/join?room={room}, /v1/leave?room={room} and /v1/reload";

} // namespace weir
