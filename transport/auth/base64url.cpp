#include "transport/auth/base64url.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>

namespace weir::auth {

namespace {

constexpr std::size_t most = std::numeric_limits<int>::max() / 2;

bool is_url_safe(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
         || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// With the alphabet and the padding that OpenSSL knows.
std::string to_base64(std::string_view text) {
  std::string result{text};
  std::replace(result.begin(), result.end(), '-', '+');
  std::replace(result.begin(), result.end(), '_', '/');
  result.append((4 - result.size() % 4) % 4, '=');
  return result;
}

/// OpenSSL does not look at the bits of the last character that are no part of
/// a byte.
bool is_canonical(std::string_view bytes, const std::string& base64) {
  std::string again((bytes.size() + 2) / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(again.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  again.pop_back(); // its zero
  return again == base64;
}

} // namespace

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1 || text.size() > most
      || !std::all_of(text.begin(), text.end(), is_url_safe))
    return std::nullopt;
  auto base64 = to_base64(text);
  std::string bytes(base64.size() / 4 * 3, '\0');
  auto size
    = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(base64.data()),
                      static_cast<int>(base64.size()));
  if (size < 0)
    return std::nullopt;
  bytes.resize(text.size() * 3 / 4);
  if (!is_canonical(bytes, base64))
    return std::nullopt;
  return bytes;
}

} // namespace weir::auth
