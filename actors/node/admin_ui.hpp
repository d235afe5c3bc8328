#pragma once

#include "actors/contract/admin_ui.hpp"
#include "actors/contract/control.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/runtime/io_loop.hpp"
#include "transport/auth/ui_login.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace weir {

/// How often pages hear of what has changed: the page's own server says so of
/// itself.
inline constexpr auto ui_interval = std::chrono::seconds{2};

struct admin_ui_options {
  auth::ui_login login;
  bool read_only = false;
  std::uint32_t max_sockets = 0; ///< of the cluster, that are listed
  inspector_actor inspector;
  controller_actor controller;
  disconnector_actor disconnector;
  /// Milliseconds of the system's clock.
  std::function<std::int64_t()> now;
};

/// Spawns the ADMIN UI. Its executor should not be a loop: it hashes passwords.
admin_ui_actor spawn_admin_ui(actor_executor executor, admin_ui_options x);

} // namespace weir
