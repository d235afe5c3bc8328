#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::auth {

/// The bytes of base64url without padding (RFC 7515, appendix C); nothing for
/// any other way to write them, so that no two texts are the same bytes.
std::optional<std::string> from_base64url(std::string_view text);

} // namespace weir::auth
