#include "config/base/trace_context.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace weir {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

// -- traceparent --------------------------------------------------------------

/// Fills `to` from two digits a byte; capitals are none of this format's.
bool read_hex(std::string_view text, std::span<std::uint8_t> to) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    auto high = digits.find(text[2 * i]);
    auto low = digits.find(text[2 * i + 1]);
    if (high == digits.npos || low == digits.npos)
      return false;
    to[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

bool is_zero(std::span<const std::uint8_t> id) {
  return std::ranges::all_of(id, [](auto x) { return x == 0; });
}

void write_hex(char* to, std::span<const std::uint8_t> from) {
  for (auto x : from) {
    *to++ = digits[x >> 4];
    *to++ = digits[x & 0x0f];
  }
}

/// Version 00 has nothing behind the flags; a later one may, after a dash.
bool has_form(std::string_view text, std::uint8_t version) {
  constexpr std::size_t size = 55;
  constexpr std::uint8_t no_version = 0xff;
  if (version == no_version || text[2] != '-' || text[35] != '-'
      || text[52] != '-')
    return false;
  return text.size() == size || (version != 0 && text[size] == '-');
}

// -- tracestate ---------------------------------------------------------------

bool is_digit_or_small(char x) {
  return (x >= 'a' && x <= 'z') || (x >= '0' && x <= '9');
}

bool is_key(std::string_view x) {
  constexpr std::size_t max_size = 256;
  return !x.empty() && x.size() <= max_size && is_digit_or_small(x.front())
         && std::ranges::all_of(x, [](char c) {
              return is_digit_or_small(c)
                     || std::string_view{"_-*/@"}.find(c)
                          != std::string_view::npos;
            });
}

bool is_value(std::string_view x) {
  constexpr std::size_t max_size = 256;
  return !x.empty() && x.size() <= max_size && x.back() != ' '
         && std::ranges::all_of(x, [](char c) {
              return c >= ' ' && c <= '~' && c != '=';
            });
}

/// Without the spaces and tabs around it.
std::string_view trim(std::string_view x) {
  auto first = x.find_first_not_of(" \t");
  if (first == x.npos)
    return {};
  return x.substr(first, x.find_last_not_of(" \t") - first + 1);
}

} // namespace

std::optional<trace_context> parse_traceparent(std::string_view text) {
  constexpr std::size_t min_size = 55;
  std::uint8_t version = 0;
  trace_context result;
  if (text.size() < min_size || !read_hex(text, {&version, 1})
      || !has_form(text, version) || !read_hex(text.substr(3), result.trace_id)
      || !read_hex(text.substr(36), result.span_id)
      || !read_hex(text.substr(53), {&result.flags, 1}))
    return std::nullopt;
  if (is_zero(result.trace_id) || is_zero(result.span_id))
    return std::nullopt;
  result.flags &= trace_context::sampled | trace_context::random_id;
  return result;
}

std::string to_traceparent(const trace_context& x) {
  traceparent_text result;
  return std::string{write_traceparent(x, result)};
}

std::string_view write_traceparent(const trace_context& x,
                                   traceparent_text& to) {
  to[0] = to[1] = '0';
  to[2] = to[35] = to[52] = '-';
  write_hex(&to[3], x.trace_id);
  write_hex(&to[36], x.span_id);
  write_hex(&to[53], {&x.flags, 1});
  return {to.data(), to.size()};
}

bool is_tracestate(std::string_view text) {
  constexpr std::size_t max_size = 512;
  constexpr std::size_t max_members = 32;
  if (text.size() > max_size)
    return false;
  std::array<std::string_view, max_members> keys;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    auto end = std::min(text.find(',', begin), text.size());
    auto member = trim(text.substr(begin, end - begin));
    begin = end + 1;
    if (member.empty())
      continue; // allowed: proxies that join headers leave such
    auto split = std::min(member.find('='), member.size() - 1);
    auto key = member.substr(0, split);
    auto last = keys.begin() + count;
    if (count == max_members || !is_key(key)
        || !is_value(member.substr(split + 1))
        || std::find(keys.begin(), last, key) != last)
      return false;
    keys[count++] = key;
  }
  return count > 0;
}

} // namespace weir
