#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// What a page of the Admin UI wants done.
struct ui_request {
  enum class kind { emit, join, leave, disconnect };

  kind what = kind::emit;
  std::string nsp;
  std::string room;   ///< to join or to leave
  std::string filter; ///< id of a socket, or a room; empty: the whole namespace
  bool close = false; ///< the connection, and not only the socket
  std::string event;  ///< to emit
  std::string args;   ///< its arguments
};

/// Reads an event of the page's; nothing: it is none that there is, or not as it
/// should be. `args` are JSON values with commas between them.
std::optional<ui_request> parse_ui_request(std::string_view name,
                                           std::string_view args);

/// What a page connects with.
struct ui_credentials {
  std::string user;
  std::string password;
  std::string session; ///< of an earlier login
};

/// Requires: `json` is valid, or empty.
ui_credentials read_ui_credentials(std::string_view json);

} // namespace weir
