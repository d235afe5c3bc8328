#pragma once

#include <functional>

namespace weir {

/// Before anything is opened: a socket that takes the number of a standard
/// descriptor that is closed would get what is printed. What is written there
/// fails from now on.
void hold_standard_descriptors();

/// Does a command, all of which must get to whoever reads what it prints: where
/// that fails, std::cout throws, so that no loop goes on for nobody, and the
/// exit code is `lost_output`. stderr says why, but for a reader who has gone,
/// as `head` does.
int print_all(const std::function<int()>& command);

} // namespace weir
