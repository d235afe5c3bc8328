#pragma once

#include "transport/engineio/session_control.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace weir::http {

/// What the operator's port has for the official Admin UI.
struct admin_ui_options {
  /// Called on the loop for each new session, before any of its packets.
  std::function<void(std::shared_ptr<engineio::session_control>)> accept;
  std::size_t max_file_bytes = 0; ///< of `admin.ui`
};

} // namespace weir::http
