#pragma once

#include "actors/contract/inspection.hpp"
#include "actors/runtime/io_loop.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace weir {

/// A node that has not answered within this time is named as silent; who does
/// not answer on this node, earlier, so that the rest of it is told.
inline constexpr auto inspection_patience = std::chrono::seconds{2};
inline constexpr auto informant_patience = std::chrono::milliseconds{1500};

/// Spawns the INSPECTOR of the node with this name, which serves these
/// namespaces. Its executor should not be
/// a loop: an operator's question must be answered also when the loops are
/// busy.
inspector_actor spawn_inspector(actor_executor executor, std::string node,
                                std::vector<std::string> namespaces);

} // namespace weir
