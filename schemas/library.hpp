#pragma once

#include <string>

namespace weir::schemas {

/// Of Protobuf and libsodium, a line each.
std::string library_versions();

} // namespace weir::schemas
