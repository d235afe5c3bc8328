#pragma once

#include "config/options.hpp"

#include <string>
#include <vector>

namespace weir::config {

/// What lies between two configurations of a node that runs.
struct config_change {
  std::vector<std::string> live;  ///< keys that take effect at once
  std::vector<std::string> fixed; ///< those that need another start
};

config_change change_between(const options& from, const options& to);

} // namespace weir::config
