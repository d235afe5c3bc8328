#pragma once

#include "transport/engineio/port_event.hpp"

#include <string_view>

namespace weir::engineio {

/// Counts and logs that a connection, or a session, is ended for its client's
/// fault: what it has sent, or has not sent or taken in time. Whoever ends one
/// for that comes here first. `from`: the client's address.
void note_fault(const tell_port_event& tell, port_event what,
                std::string_view from, std::string_view why);

} // namespace weir::engineio
