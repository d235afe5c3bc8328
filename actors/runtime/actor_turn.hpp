#pragma once

#include "actors/runtime/message_meter.hpp"

#include <caf/fwd.hpp>
#include <caf/resumable.hpp>

#include <cstddef>

namespace weir {

/// Has an actor handle what is in its mailbox, up to some `max` messages, as
/// CAF's `scheduled_actor::resume` does; but without CAF's streams, which
/// nobody here uses, and without the clock, which CAF asks five times for a
/// message: twice for its streams, three times to measure it.
caf::resumable::resume_result take_turn(caf::scheduled_actor& self,
                                        caf::execution_unit* host,
                                        std::size_t max, message_meter& meter);

} // namespace weir
