#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// Bytes of the well-formed UTF-8 sequence at the front of `text` (1 to 4);
/// 0: there is none. Requires: `!text.empty()`.
std::size_t utf8_length(std::string_view text);

/// Whether all of it is well-formed UTF-8.
bool is_utf8(std::string_view text);

/// Appends a code point; surrogates must have been paired before.
void append_utf8(std::string& out, char32_t code_point);

} // namespace weir
