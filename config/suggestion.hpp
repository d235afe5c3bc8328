#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

/// The candidate that `word` most probably stood for ("tpoic" -> "topic",
/// "pingInterval" -> "ping_interval"), or an empty string where none is near.
std::string nearest(std::string_view word,
                    const std::vector<std::string>& candidates);

/// `, did you mean "topic"?`
std::string did_you_mean(std::string_view candidate);

/// Likewise for the nearest one, or else `; possible: "a", "b"`.
std::string suggestion(std::string_view word,
                       const std::vector<std::string>& candidates);

} // namespace weir::config
