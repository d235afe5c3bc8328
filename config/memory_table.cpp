#include "config/memory_bound.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace weir::config {

namespace {

constexpr std::size_t name_width = 44;
constexpr std::size_t size_width = 9;

/// "1.5 GiB": for reading, beside the exact number.
std::string rounded(std::uint64_t x) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto value = static_cast<double>(x);
  std::size_t i = 0;
  for (; value >= 1000 && i + 1 < units.size(); ++i)
    value /= 1024;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(),
                i == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value,
                units[i]);
  return text.data();
}

std::string padded(std::string x, std::size_t width) {
  x.resize(std::max(x.size(), width), ' ');
  return x;
}

std::string indented(std::string x, std::size_t width) {
  return std::string(width - std::min(width, x.size()), ' ') + x;
}

/// One line: what it is, how much, and how that comes about.
std::string line(const std::string& what, std::uint64_t bytes,
                 const std::string& how) {
  return "  " + padded(what, name_width) + indented(rounded(bytes), size_width)
         + " = " + how + "\n";
}

} // namespace

std::string to_text(const memory_bound& x) {
  std::string text = "memory, at most:\n";
  for (auto& term : x.terms)
    text += line(term.what, term.bytes(),
                 indented(rounded(term.each), size_width) + " x "
                   + std::to_string(term.count) + " " + std::string{term.unit});
  text += line("sum", x.bytes(), std::to_string(x.bytes()) + " bytes");
  auto& largest = x.largest();
  text += "the largest part: " + largest.what;
  if (!largest.keys.empty())
    text += "; to lower it: " + largest.keys;
  return text + "\n";
}

std::string to_text(std::uint32_t clients_that_fit, const options& x,
                    std::uint64_t memory) {
  if (clients_that_fit == x.server.max_connections)
    return {};
  auto machine = "this machine has " + rounded(memory);
  if (clients_that_fit == 0)
    return machine + ": too little for these limits, whatever clients do\n";
  return machine + ": whatever clients do, it is enough for "
         + std::to_string(clients_that_fit)
         + " of them (server.max_connections); for more as long as not all of "
           "them take all that they may\n";
}

} // namespace weir::config
