#include "config/base/base64.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace weir {

namespace {

constexpr std::string_view base64_digits
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t no_digit = 0xFF;

/// Of both alphabets.
constexpr auto values = [] {
  std::array<std::uint8_t, 256> result{};
  result.fill(no_digit);
  for (std::uint8_t i = 0; i < 64; ++i) {
    result[static_cast<unsigned char>(base64_digits[i])] = i;
    result[static_cast<unsigned char>(base64url_digits[i])] = i;
  }
  return result;
}();

std::uint32_t byte(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

/// Writes bytes in digits of an alphabet. Not libsodium's: nothing here is
/// secret, so that nothing needs to take the same time for all bytes; and its
/// decoder (1.0.18) takes 0x80 and more for "_".
char* put(char* to, std::string_view bytes, std::string_view digits) {
  auto put_digit = [&](std::uint32_t group, unsigned shift) {
    *to++ = digits[group >> shift & 63U];
  };
  for (; bytes.size() >= 3; bytes.remove_prefix(3)) {
    auto group = byte(bytes, 0) << 16 | byte(bytes, 1) << 8 | byte(bytes, 2);
    for (auto shift : {18U, 12U, 6U, 0U})
      put_digit(group, shift);
  }
  if (bytes.empty())
    return to;
  auto two = bytes.size() == 2;
  auto group = byte(bytes, 0) << 16 | (two ? byte(bytes, 1) << 8 : 0U);
  put_digit(group, 18);
  put_digit(group, 12);
  if (two)
    put_digit(group, 6);
  return to;
}

} // namespace

char* put_base64url(char* to, std::string_view bytes) {
  return put(to, bytes, base64url_digits);
}

std::string to_base64url(std::string_view bytes) {
  std::string result(base64url_size(bytes.size()), '\0');
  put_base64url(result.data(), bytes);
  return result;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string result;
  append_decoded_base64(result, text);
  return to_base64url(result) == text ? std::optional{std::move(result)}
                                      : std::nullopt;
}

void append_base64(std::string& text, std::string_view bytes) {
  auto before = text.size();
  text.append((bytes.size() + 2) / 3 * 4, '=');
  put(text.data() + before, bytes, base64_digits);
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string result, again;
  append_decoded_base64(result, text);
  append_base64(again, result);
  return again == text ? std::optional{std::move(result)} : std::nullopt;
}

void append_decoded_base64(std::string& bytes, std::string_view text) {
  text = text.substr(0, text.find('='));
  bytes.reserve(bytes.size() + text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned n = 0; // bits that wait for their byte to be complete
  for (char c : text) {
    auto value = values[static_cast<unsigned char>(c)];
    if (value == no_digit)
      continue;
    bits = bits << 6 | value;
    n += 6;
    if (n >= 8) {
      n -= 8;
      bytes += static_cast<char>(bits >> n & 0xFFU);
    }
  }
}

} // namespace weir
