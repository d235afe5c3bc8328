#pragma once

// What weirctl's arguments must be, for CLI11: why one is not, or nothing. What
// only a node can tell is left to it.

#include <cstdint>
#include <functional>
#include <string>

namespace weir {

/// UTF-8.
std::string is_text(const std::string& x);

/// Likewise, and not empty.
std::string is_a_text(const std::string& x);

/// http:// or https://, a host, a port.
std::string is_port_url(const std::string& x);

std::string is_json_object(const std::string& x);

/// A whole number in decimal, from `least` to `most`. (CLI11 takes "010" for 8,
/// and "-1" for the largest that there is.)
std::function<std::string(const std::string&)> is_number(std::uint64_t least,
                                                         std::uint64_t most);

/// Seconds between two looks.
std::string is_interval(const std::string& x);

} // namespace weir
