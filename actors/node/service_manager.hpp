#pragma once

#include <string_view>

namespace weir {

/// Tells whoever has started the process (systemd, `Type=notify`) how far it
/// is: "READY=1" or "STOPPING=1", as sd_notify(3) says. Does nothing where
/// nobody wants to know (no `NOTIFY_SOCKET`).
void tell_service_manager(std::string_view state);

} // namespace weir
