#pragma once

// What the pages of the official Admin UI are told, and what they want done.

#include "actors/contract/type_ids_local.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <memory>
#include <string>

namespace weir {

/// UI SESSION: the connection of one page.
using ui_session_actor = caf::typed_actor<
  // Whether the page is let in.
  caf::result<void>(ui_verdict),
  // What it is to get; only after it has been let in.
  caf::result<void>(ui_events)>;

/// ADMIN UI: knows what all pages see, asks for it as long as there are any, and
/// does what they want. One per node.
using admin_ui_actor = caf::typed_actor<
  // May this page come in? The answer is a `ui_verdict`.
  caf::result<void>(ui_entry),
  // Something is to be done.
  caf::result<void>(ui_command)>;

/// From UI SESSION to ADMIN UI.
struct ui_entry {
  ui_session_actor session;
  std::string credentials; ///< JSON, or empty: what the page connects with
  std::string from;        ///< the page's address
};

/// The answer.
struct ui_verdict {
  bool is_admitted = false;
};

/// From ADMIN UI to UI SESSION: frames, the same for all that get them.
struct ui_events {
  std::shared_ptr<const std::string> frames;
};

/// From UI SESSION to ADMIN UI: an event of a page that has been let in.
struct ui_command {
  std::string name;
  std::string args; ///< JSON values with commas between them; valid
  std::string from; ///< the page's address
};

} // namespace weir
