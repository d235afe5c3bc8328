#pragma once

#include "actors/contract/control.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/routes.hpp"
#include "actors/node/read_topics.hpp"
#include "actors/runtime/io_loop.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace weir {

/// A node that has not answered within this time is named as silent.
inline constexpr auto action_patience = std::chrono::seconds{2};

/// Where topics are new, a reload waits for Kafka, and for those who read them.
inline constexpr auto reload_patience = check_patience + readers_patience
                                        + 2 * action_patience;

/// By the path of an action: how long nodes have for it.
std::chrono::seconds patience_for(std::string_view path);

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
