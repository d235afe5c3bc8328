#pragma once

#include <string>
#include <string_view>

namespace weir {

/// Appends the text as a JSON string, in which quotes, backslashes and whatever
/// `must_escape` says are escaped. Bytes that are no UTF-8 become U+FFFD: what
/// is appended is valid whatever `text` holds. Requires: `must_escape` names
/// all below U+0020, and none beyond U+FFFF.
void append_json_string(std::string& out, std::string_view text,
                        bool (*must_escape)(char32_t));

} // namespace weir
