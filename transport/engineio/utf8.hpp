#pragma once

#include <string_view>

namespace weir::engineio {

/// Whether `bytes` are well-formed UTF-8 (Unicode 15, table 3-7).
bool is_utf8(std::string_view bytes);

} // namespace weir::engineio
