#include "schemas/fingerprint.hpp"

#include <sodium/core.h>
#include <sodium/crypto_shorthash_siphash24.h>
#include <sodium/randombytes.h>

#include <stdexcept>

namespace weir::schemas {

namespace {

using key = std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES>;

const key& process_key() {
  static const auto result = [] {
    if (sodium_init() < 0)
      throw std::runtime_error("libsodium does not start");
    key made;
    randombytes_buf(made.data(), made.size());
    return made;
  }();
  return result;
}

fingerprint hash_of(const void* bytes, std::size_t size) {
  fingerprint result;
  crypto_shorthash_siphashx24(result.bytes.data(),
                              static_cast<const unsigned char*>(bytes), size,
                              process_key().data());
  return result;
}

} // namespace

// Of one part after the other, together with what came before: so the parts
// need not be copied, and moving a byte from one to the next makes a
// difference.
fingerprint fingerprint_of(std::span<const std::string_view> parts) {
  fingerprint result;
  for (auto part : parts) {
    std::array<fingerprint, 2> pair{result, hash_of(part.data(), part.size())};
    result = hash_of(pair.data(), sizeof(pair));
  }
  return result;
}

} // namespace weir::schemas
