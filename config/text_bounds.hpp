#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::config {

/// Bytes of a configuration file.
inline constexpr std::size_t max_file = 4 * 1024 * 1024;

/// Parts of a dotted key, and lists and tables within each other: whoever walks
/// through the tree calls itself as often.
inline constexpr std::size_t max_depth = 64;

/// Where a text goes beyond the depth.
struct too_deep {
  std::size_t end = 0;    ///< what is before it keeps the bound
  std::uint32_t line = 0; ///< counted from 1
  std::string problem;
};

/// Looks at a TOML text, right or wrong, before anything is made of it.
std::optional<too_deep> find_too_deep(std::string_view text);

} // namespace weir::config
