#pragma once

#include <string>

namespace weir::auth {

/// Of OpenSSL, as it is loaded: "OpenSSL 3.0.17 1 Jul 2025".
std::string library_version();

} // namespace weir::auth
