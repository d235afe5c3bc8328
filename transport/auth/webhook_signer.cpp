#include "transport/auth/webhook_signer.hpp"

#include "config/base/base64.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace weir::auth {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t shortest_key = 24, longest_key = 64;

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
  std::string result = "v1,";
  append_base64(result, {reinterpret_cast<const char*>(hash.data()), size});
  return result;
}

} // namespace weir::auth
