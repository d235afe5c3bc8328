#pragma once

#include "actors/runtime/loop_meter.hpp"
#include "transport/engineio/traffic.hpp"

namespace weir {

/// What is counted of clients where they are, by loop.
struct client_figures {
  loop_meters loops;
  engineio::traffic_sum traffic;
};

} // namespace weir
