#pragma once

#include "actors/contract/control.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/routes.hpp"
#include "actors/runtime/io_loop.hpp"

#include <chrono>
#include <string>

namespace weir {

/// A node that has not answered within this time is named as silent.
inline constexpr auto action_patience = std::chrono::seconds{2};

/// Kafka may take longer: what was to be published may still be stored then.
inline constexpr auto publish_patience = std::chrono::seconds{8};

struct controller_options {
  std::string node; ///< this one's name
  gateway_actor gateway;
  routes_ptr rules;
};

/// Spawns the CONTROLLER. Its executor should not be a loop, like INSPECTOR's.
controller_actor spawn_controller(actor_executor executor,
                                  controller_options x);

} // namespace weir
