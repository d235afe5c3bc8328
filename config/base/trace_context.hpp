#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Which trace something belongs to, and by which span: W3C Trace Context.
struct trace_context {
  /// The flags that are passed on; others are not known, and go out as zero.
  static constexpr std::uint8_t sampled = 0x01;
  static constexpr std::uint8_t random_id = 0x02;

  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  std::uint8_t flags = 0;

  bool is_sampled() const { return (flags & sampled) != 0; }

  bool operator==(const trace_context&) const = default;
};

/// What is passed on of a trace: which it is, and `tracestate`, what those it
/// has passed say of it; empty: nothing.
struct passed_trace {
  trace_context parent;
  std::string state{};

  bool operator==(const passed_trace&) const = default;
};

/// Reads a `traceparent`. Of a version that is not known, what version 00 says.
/// Nothing: it is none, or one of its ids is zero.
std::optional<trace_context> parse_traceparent(std::string_view text);

/// `00-<trace id>-<span id>-<flags>`.
std::string to_traceparent(const trace_context& x);

/// Likewise, without an allocation.
using traceparent_text = std::array<char, 55>;
std::string_view write_traceparent(const trace_context& x,
                                   traceparent_text& to);

/// Whether it may be passed on as a `tracestate`: at most 512 characters and 32
/// members, `key=value` with commas between them, no key twice.
bool is_tracestate(std::string_view text);

} // namespace weir
