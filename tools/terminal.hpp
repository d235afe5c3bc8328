#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// How wide the terminal is that stdout is; 0: it is none.
std::size_t terminal_columns();

/// Lines that are longer are cut off, with "…" at their end, so that a table
/// stays one. `columns`: 0: none is.
std::string fitted(std::string_view text, std::size_t columns);

} // namespace weir
