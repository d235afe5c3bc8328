#pragma once

#include "config/node.hpp"
#include "config/report.hpp"

#include <optional>
#include <string>

namespace weir::config {

/// The file as a tree; or reports why it cannot be read, and returns nothing.
std::optional<node> read_toml(const std::string& file, report& log);

} // namespace weir::config
