#pragma once

#include "transport/http/page_files.hpp"

#include <vector>

namespace weir {

/// The page at the root of the admin endpoint: the files of `page/`, which
/// CMake makes part of the program.
const std::vector<http::page_file>& admin_page();

} // namespace weir
