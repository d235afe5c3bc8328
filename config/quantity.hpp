#pragma once

// <number><unit>
// durations: ms s m h      sizes: B KiB MiB GiB, or a plain number of bytes

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::config {

/// "250ms", "30s", "2m", "1h"; nothing for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "65536", "64KiB", "1MiB"; nothing for anything else.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Written with the largest unit that needs no fraction.
std::string to_string(std::chrono::milliseconds x);
std::string size_to_string(std::uint64_t x);

} // namespace weir::config
