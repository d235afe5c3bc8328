#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace weir {

/// An upper bound, and little more than that, of the bytes that an event's
/// frames take in an outbox; everything counts, whoever chose it. Intake and
/// delivery go by it alike, so that what is taken can be delivered.
inline std::size_t event_size(std::string_view nsp, std::string_view name,
                              std::size_t args,
                              std::span<const std::string_view> attachments) {
  constexpr std::size_t frame_head = 10;
  constexpr std::size_t punctuation = 16;   // types, count, commas, brackets
  constexpr std::size_t longest_escape = 6; // \u00XX
  auto result = frame_head + punctuation + nsp.size() + args;
  for (auto c : name) {
    auto byte = static_cast<unsigned char>(c);
    result += byte < 0x20 || byte == 0x7f ? longest_escape
              : c == '"' || c == '\\'     ? 2
                                          : 1;
  }
  for (auto bytes : attachments)
    result += frame_head + bytes.size();
  return result;
}

} // namespace weir
