#include "tests/transport/auth/token_maker.hpp"

#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <vector>

namespace weir::test {

namespace {

using auth::key_type;

const unsigned char* bytes_of(std::string_view x) {
  return reinterpret_cast<const unsigned char*>(x.data());
}

EVP_PKEY* generate(key_type x, int rsa_bits) {
  switch (x) {
    case key_type::rsa:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA",
                               static_cast<std::size_t>(rsa_bits));
    case key_type::p256:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    case key_type::p384:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
    case key_type::p521:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521");
    default:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
}

/// The numbers of a DER signature, of a fixed size each.
std::string to_fixed(const std::string& der, std::size_t coordinate) {
  auto* begin = bytes_of(der);
  auth::ecdsa_signature x{
    d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size()))};
  std::string result(2 * coordinate, '\0');
  auto* to = reinterpret_cast<unsigned char*>(result.data());
  auto size = static_cast<int>(coordinate);
  BN_bn2binpad(ECDSA_SIG_get0_r(x.get()), to, size);
  BN_bn2binpad(ECDSA_SIG_get0_s(x.get()), to + size, size);
  return result;
}

std::string text_of(BIO* x) {
  char* data = nullptr;
  auto size = BIO_get_mem_data(x, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* x = nullptr;
  EVP_PKEY_get_bn_param(key, name, &x);
  auth::number owned{x};
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(x)), '\0');
  BN_bn2bin(x, reinterpret_cast<unsigned char*>(bytes.data()));
  return to_base64url(bytes);
}

} // namespace

std::string to_base64url(std::string_view bytes) {
  std::string result((bytes.size() + 2) / 3 * 4 + 1, '\0');
  auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                              bytes_of(bytes), static_cast<int>(bytes.size()));
  result.resize(static_cast<std::size_t>(size));
  for (auto& c : result)
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  result.resize(std::min(result.find('='), result.size()));
  return result;
}

token_key token_key::make(auth::algorithm x, int rsa_bits) {
  auto type = auth::traits_of(x).key;
  if (type == key_type::secret)
    return of_secret("0123456789abcdef0123456789abcdef"
                     "0123456789abcdef0123456789abcdef");
  token_key result;
  result.key_ = {generate(type, rsa_bits), EVP_PKEY_free};
  return result;
}

token_key token_key::of_secret(std::string secret) {
  token_key result;
  result.secret_ = std::move(secret);
  return result;
}

std::string token_key::sign(auth::algorithm x, std::string_view bytes) const {
  auto& traits = auth::traits_of(x);
  std::string result(2048, '\0');
  auto* to = reinterpret_cast<unsigned char*>(result.data());
  std::size_t size = result.size();
  if (traits.key == key_type::secret) {
    unsigned int n = 0;
    HMAC(EVP_get_digestbyname(traits.hash), secret_.data(),
         static_cast<int>(secret_.size()), bytes_of(bytes), bytes.size(), to,
         &n);
    return result.substr(0, n);
  }
  auth::digest_context context{EVP_MD_CTX_new()};
  EVP_PKEY_CTX* settings = nullptr;
  EVP_DigestSignInit_ex(context.get(), &settings, traits.hash, nullptr, nullptr,
                        key_.get(), nullptr);
  if (traits.has_pss) {
    EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST);
  }
  EVP_DigestSign(context.get(), to, &size, bytes_of(bytes), bytes.size());
  result.resize(size);
  auto coordinate = auth::coordinate_size(traits.key);
  return coordinate != 0 ? to_fixed(result, coordinate) : result;
}

std::string token_key::public_pem() const {
  auth::bio_handle to{BIO_new(BIO_s_mem())};
  PEM_write_bio_PUBKEY(to.get(), key_.get());
  return text_of(to.get());
}

std::string token_key::private_pem() const {
  auth::bio_handle to{BIO_new(BIO_s_mem())};
  PEM_write_bio_PrivateKey(to.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                           nullptr);
  return text_of(to.get());
}

std::string token_key::public_jwk(std::string_view more) const {
  auto members = std::string{more};
  if (EVP_PKEY_is_a(key_.get(), "RSA") == 1)
    return R"({"kty":"RSA","n":")" + number_of(key_.get(), "n") + R"(","e":")"
           + number_of(key_.get(), "e") + "\"" + members + "}";
  return R"({"kty":"EC","crv":"P-256","x":")" + number_of(key_.get(), "qx")
         + R"(","y":")" + number_of(key_.get(), "qy") + "\"" + members + "}";
}

std::string header_of(auth::algorithm x, std::string_view more) {
  return "{" + std::string{more} + R"("alg":")"
         + std::string{auth::traits_of(x).name} + "\"}";
}

std::string make_token(std::string_view header, std::string_view claims,
                       const token_key& key, auth::algorithm x) {
  auto text = to_base64url(header) + "." + to_base64url(claims);
  return text + "." + to_base64url(key.sign(x, text));
}

} // namespace weir::test
