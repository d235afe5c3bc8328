#include "transport/engineio/base64.hpp"

#include <array>
#include <cstdint>

namespace weir::engineio {

namespace {

constexpr std::string_view standard
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::string_view url_safe
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t no_digit = 0xFF;

constexpr auto digits = [] {
  std::array<std::uint8_t, 256> xs{};
  xs.fill(no_digit);
  for (std::uint8_t i = 0; i < 64; ++i) {
    xs[static_cast<unsigned char>(standard[i])] = i;
    xs[static_cast<unsigned char>(url_safe[i])] = i;
  }
  return xs;
}();

void append_encoded(std::string& text, std::string_view bytes,
                    std::string_view alphabet, bool padded) {
  text.reserve(text.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8
              | (j < n ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j <= n; ++j)
      text += alphabet[group >> (18 - 6 * j) & 63U];
    if (padded)
      text.append(3 - n, '=');
  }
}

} // namespace

void append_base64(std::string& text, std::string_view bytes) {
  append_encoded(text, bytes, standard, true);
}

void append_decoded_base64(std::string& bytes, std::string_view text) {
  text = text.substr(0, text.find('='));
  bytes.reserve(bytes.size() + text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned n = 0;
  for (char c : text) {
    auto digit = digits[static_cast<unsigned char>(c)];
    if (digit == no_digit)
      continue;
    bits = bits << 6 | digit;
    n += 6;
    if (n >= 8) {
      n -= 8;
      bytes += static_cast<char>(bits >> n & 0xFFU);
    }
  }
}

std::string to_base64url(std::string_view bytes) {
  std::string text;
  append_encoded(text, bytes, url_safe, false);
  return text;
}

} // namespace weir::engineio
