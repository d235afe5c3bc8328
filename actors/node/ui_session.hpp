#pragma once

#include "actors/contract/admin_ui.hpp"
#include "actors/runtime/io_loop.hpp"
#include "transport/engineio/session_control.hpp"

#include <memory>
#include <string>

namespace weir {

/// Spawns the UI SESSION of a page, on the session's loop. It speaks Socket.IO
/// in the namespace `/admin` and in no other, and ends with the session, or
/// with ADMIN UI. `id`: of its socket.
ui_session_actor
spawn_ui_session(actor_executor executor, admin_ui_actor ui,
                 std::shared_ptr<engineio::session_control> session,
                 std::string id);

} // namespace weir
