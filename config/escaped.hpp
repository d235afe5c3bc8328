#pragma once

#include <string>
#include <string_view>

namespace weir {

/// Whether everything in the text may stand in a line of the log as it is: it
/// is UTF-8, without characters that would move a terminal's cursor, begin
/// another line, or change the order in which it is read.
bool is_plain(std::string_view text);

/// Appends the text in double quotes, as a JSON string in which whatever is not
/// plain is escaped; what is not UTF-8 becomes U+FFFD.
void append_quoted(std::string& out, std::string_view text);

} // namespace weir
