#include "schemas/base64url.hpp"

#include <array>
#include <cstdint>

namespace weir::schemas {

namespace {

constexpr std::string_view alphabet
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint8_t no_digit = 0xFF;

constexpr auto values = [] {
  std::array<std::uint8_t, 256> result{};
  result.fill(no_digit);
  for (std::uint8_t i = 0; i < 64; ++i)
    result[static_cast<unsigned char>(alphabet[i])] = i;
  return result;
}();

std::uint32_t byte(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

char digit(std::uint32_t group, unsigned shift) {
  return alphabet[group >> shift & 63U];
}

/// The last one or two bytes.
char* put_rest(char* to, std::string_view bytes) {
  if (bytes.empty())
    return to;
  const auto two = bytes.size() == 2;
  const auto group = byte(bytes, 0) << 16 | (two ? byte(bytes, 1) << 8 : 0U);
  *to++ = digit(group, 18);
  *to++ = digit(group, 12);
  if (two)
    *to++ = digit(group, 6);
  return to;
}

} // namespace

// Not libsodium's: nothing here is secret, so that nothing needs to take the
// same time for all bytes; and its decoder (1.0.18) takes 0x80 and more for
// "_".
char* put_base64url(char* to, std::string_view bytes) {
  for (; bytes.size() >= 3; bytes.remove_prefix(3)) {
    const auto group = byte(bytes, 0) << 16 | byte(bytes, 1) << 8
                       | byte(bytes, 2);
    *to++ = digit(group, 18);
    *to++ = digit(group, 12);
    *to++ = digit(group, 6);
    *to++ = digit(group, 0);
  }
  return put_rest(to, bytes);
}

std::string to_base64url(std::string_view bytes) {
  std::string result(base64url_size(bytes.size()), '\0');
  put_base64url(result.data(), bytes);
  return result;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string result;
  result.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned n = 0; // bits that wait for their byte to be complete
  for (char c : text) {
    const auto value = values[static_cast<unsigned char>(c)];
    if (value == no_digit)
      return std::nullopt;
    bits = bits << 6 | value;
    n += 6;
    if (n >= 8) {
      n -= 8;
      result += static_cast<char>(bits >> n & 0xFFU);
    }
  }
  const auto is_whole = n < 6 && (bits & ((1U << n) - 1)) == 0;
  return is_whole ? std::optional{std::move(result)} : std::nullopt;
}

} // namespace weir::schemas
