#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace weir::auth {

/// For how long an answer with this `Cache-Control` may be used (RFC 9111);
/// nothing: it does not say so.
std::optional<std::chrono::seconds> max_age(std::string_view cache_control);

} // namespace weir::auth
