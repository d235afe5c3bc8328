#include "transport/auth/webhook_signer.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace weir::auth {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t shortest_key = 24, longest_key = 64;

std::string to_base64(std::string_view bytes) {
  std::string result((bytes.size() + 2) / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  result.pop_back(); // its zero
  return result;
}

/// Of up to `longest_key` bytes; nothing: it is none, or is written in another
/// way than an encoder does.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > 2 * longest_key)
    return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  auto size
    = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (size < 0)
    return std::nullopt;
  auto padding = text.size() - text.find_last_not_of('=') - 1;
  if (padding > 2)
    return std::nullopt;
  bytes.resize(bytes.size() - padding);
  if (to_base64(bytes) != text)
    return std::nullopt;
  return bytes;
}

} // namespace

std::optional<webhook_signer>
webhook_signer::from_secret(std::string_view text) {
  if (!text.starts_with(prefix))
    return std::nullopt;
  auto key = from_base64(text.substr(prefix.size()));
  if (!key || key->size() < shortest_key || key->size() > longest_key)
    return std::nullopt;
  return webhook_signer{std::move(*key)};
}

std::string webhook_signer::sign(std::string_view id, std::int64_t timestamp,
                                 std::string_view body) const {
  std::string text{id};
  text += "." + std::to_string(timestamp) + ".";
  text += body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       hash.data(), &size);
  return "v1," + to_base64({reinterpret_cast<const char*>(hash.data()), size});
}

} // namespace weir::auth
