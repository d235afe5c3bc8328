#include "transport/auth/verification_key.hpp"

#include "transport/auth/openssl_handles.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <array>
#include <limits>

namespace weir::auth {

namespace {

const unsigned char* bytes_of(std::string_view x) {
  return reinterpret_cast<const unsigned char*>(x.data());
}

number to_number(std::string_view x) {
  return number{BN_bin2bn(bytes_of(x), static_cast<int>(x.size()), nullptr)};
}

/// The two numbers of JWS, of a fixed size each, as OpenSSL wants them; empty:
/// it is no such signature.
std::string to_der(std::string_view signature, std::size_t coordinate) {
  if (signature.size() != 2 * coordinate)
    return {};
  ecdsa_signature x{ECDSA_SIG_new()};
  auto r = to_number(signature.substr(0, coordinate));
  auto s = to_number(signature.substr(coordinate));
  if (!x || !r || !s || ECDSA_SIG_set0(x.get(), r.get(), s.get()) != 1)
    return {};
  static_cast<void>(r.release()); // it has them now
  static_cast<void>(s.release());
  auto size = i2d_ECDSA_SIG(x.get(), nullptr);
  if (size <= 0)
    return {};
  std::string result(static_cast<std::size_t>(size), '\0');
  auto* end = reinterpret_cast<unsigned char*>(result.data());
  i2d_ECDSA_SIG(x.get(), &end);
  return result;
}

/// RFC 7518, section 3.5: the salt is as long as the hash, whose function is
/// the mask's, too.
bool use_pss(EVP_PKEY_CTX* x) {
  return EVP_PKEY_CTX_set_rsa_padding(x, RSA_PKCS1_PSS_PADDING) == 1
         && EVP_PKEY_CTX_set_rsa_pss_saltlen(x, RSA_PSS_SALTLEN_DIGEST) == 1;
}

} // namespace

bool verification_key::fits(algorithm x) const {
  return traits_of(x).key == type_ && (!only_ || *only_ == x);
}

bool verification_key::verifies(algorithm x, std::string_view bytes,
                                std::string_view signature) const {
  if (!fits(x))
    return false;
  forget_errors ignored;
  return key_ == nullptr ? verifies_hmac(x, bytes, signature)
                         : verifies_public(x, bytes, signature);
}

/// Takes as long whatever is wrong with a signature of the right size.
bool verification_key::verifies_hmac(algorithm x, std::string_view bytes,
                                     std::string_view signature) const {
  auto& traits = traits_of(x);
  std::array<unsigned char, EVP_MAX_MD_SIZE> expected;
  unsigned int size = 0;
  if (signature.size() != traits.hash_size
      || secret_.size() > std::size_t{std::numeric_limits<int>::max()}
      || HMAC(EVP_get_digestbyname(traits.hash), secret_.data(),
              static_cast<int>(secret_.size()), bytes_of(bytes), bytes.size(),
              expected.data(), &size)
           == nullptr)
    return false;
  return size == signature.size()
         && CRYPTO_memcmp(expected.data(), signature.data(), size) == 0;
}

bool verification_key::verifies_public(algorithm x, std::string_view bytes,
                                       std::string_view signature) const {
  auto& traits = traits_of(x);
  std::string der;
  if (auto coordinate = coordinate_size(type_); coordinate != 0) {
    der = to_der(signature, coordinate);
    signature = der;
  }
  digest_context context{EVP_MD_CTX_new()};
  EVP_PKEY_CTX* settings = nullptr;
  if (signature.empty() || !context
      || EVP_DigestVerifyInit_ex(context.get(), &settings, traits.hash, nullptr,
                                 nullptr, key_.get(), nullptr)
           != 1
      || (traits.has_pss && !use_pss(settings)))
    return false;
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                          bytes_of(bytes), bytes.size())
         == 1;
}

} // namespace weir::auth
