#include "config/quantity.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace weir::config {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first, for writing.
constexpr std::array duration_units = {
  unit{"h", 3'600'000},
  unit{"m", 60'000},
  unit{"s", 1'000},
  unit{"ms", 1},
};

constexpr std::array size_units = {
  unit{"GiB", 1024ull * 1024 * 1024},
  unit{"MiB", 1024ull * 1024},
  unit{"KiB", 1024},
  unit{"B", 1},
};

// Keeps every result within int64 and every sum of a few of them as well.
constexpr std::uint64_t max_quantity = std::numeric_limits<std::int64_t>::max()
                                       / 16;

std::optional<std::uint64_t> parse(std::string_view text,
                                   std::span<const unit> units) {
  std::uint64_t number = 0;
  auto end = text.data() + text.size();
  auto [unit_begin, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc{})
    return std::nullopt;
  auto name = std::string_view{unit_begin, end};
  for (auto& unit : units)
    if (unit.name == name && number <= max_quantity / unit.factor)
      return number * unit.factor;
  return std::nullopt;
}

std::string format(std::uint64_t x, std::span<const unit> units) {
  for (auto& unit : units)
    if (x >= unit.factor && x % unit.factor == 0)
      return std::to_string(x / unit.factor) + std::string{unit.name};
  return "0" + std::string{units.back().name};
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (auto x = parse(text, duration_units))
    return std::chrono::milliseconds{static_cast<std::int64_t>(*x)};
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array no_unit = {unit{"", 1}};
  if (auto x = parse(text, no_unit))
    return x;
  return parse(text, size_units);
}

std::string to_string(std::chrono::milliseconds x) {
  return format(static_cast<std::uint64_t>(x.count()), duration_units);
}

std::string size_to_string(std::uint64_t x) {
  return format(x, size_units);
}

} // namespace weir::config
