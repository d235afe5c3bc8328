#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// Bytes of the well-formed UTF-8 sequence at the front of `text` (1 to 4;
/// Unicode 15, table 3-7); 0: there is none. Requires: `!text.empty()`.
std::size_t utf8_length(std::string_view text);

/// The code point of such a sequence. Requires: `utf8_length(sequence)` is its
/// size.
char32_t utf8_code_point(std::string_view sequence);

/// Whether all of it is well-formed UTF-8.
bool is_utf8(std::string_view text);

/// Appends a code point. Requires: it is no surrogate.
void append_utf8(std::string& out, char32_t code_point);

} // namespace weir
