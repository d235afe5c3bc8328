#pragma once

#include <string>
#include <string_view>

namespace weir::engineio {

/// Appends `bytes` in base64, padded.
void append_base64(std::string& text, std::string_view bytes);

/// Appends what `text` stands for. Lenient as Node's Buffer is: the alphabet of
/// base64url counts as well, what is in neither (line feeds, say) is skipped,
/// and the first "=" ends it.
void append_decoded_base64(std::string& bytes, std::string_view text);

/// `bytes` in base64url, without padding.
std::string to_base64url(std::string_view bytes);

} // namespace weir::engineio
