#pragma once

#include <string>

namespace weir {

/// "weir 0.1.0 (commit 0123456789ab)", and below it the libraries, a line each.
std::string version_text();

} // namespace weir
