#pragma once

#include <string>
#include <string_view>

namespace weir::engineio {

/// Appends `bytes` in base64, padded.
void append_base64(std::string& text, std::string_view bytes);

/// Appends what `text` stands for; false if it holds anything but base64.
/// Lenient as Node's Buffer is: padding may be missing, and the alphabet of
/// base64url counts as well.
bool append_decoded_base64(std::string& bytes, std::string_view text);

/// `bytes` in base64url, without padding.
std::string to_base64url(std::string_view bytes);

} // namespace weir::engineio
