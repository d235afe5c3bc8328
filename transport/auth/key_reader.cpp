#include "transport/auth/key_reader.hpp"

#include "config/options/fixed_bounds.hpp"

#include <openssl/core_names.h>

#include <array>

namespace weir::auth {

namespace {

/// OpenSSL does not verify with larger ones, and its time grows with the cube.
constexpr int max_rsa_bits = 16 * 1024;

/// As OpenSSL calls the curve; null: it is none.
const char* curve_name(key_type x) {
  switch (x) {
    case key_type::p256:
      return "prime256v1";
    case key_type::p384:
      return "secp384r1";
    case key_type::p521:
      return "secp521r1";
    default:
      return nullptr;
  }
}

std::optional<key_type> curve_of(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1)
    return std::nullopt;
  for (auto x : {key_type::p256, key_type::p384, key_type::p521})
    if (std::string_view{name.data(), size} == curve_name(x))
      return x;
  return std::nullopt;
}

std::optional<key_type> type_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: // but not EVP_PKEY_RSA_PSS, which has its own rules
      return key_type::rsa;
    case EVP_PKEY_EC:
      return curve_of(key);
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
      return key_type::edwards;
    default:
      return std::nullopt;
  }
}

/// Whether the numbers make a key: a point is on its curve, a modulus is odd.
bool is_sound(EVP_PKEY* key) {
  pkey_context context{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
  return context && EVP_PKEY_public_check_quick(context.get()) == 1;
}

/// An exponent of 1 would let anybody sign.
bool has_sound_exponent(const EVP_PKEY* key) {
  BIGNUM* e = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e);
  number owned{e};
  return e != nullptr && BN_is_odd(e) && BN_num_bits(e) > 1
         && BN_num_bits(e) <= 64;
}

/// Empty: nothing.
std::string weakness_of(EVP_PKEY* key, key_type type) {
  auto bits = EVP_PKEY_get_bits(key);
  if (type == key_type::rsa && bits < min_rsa_bits)
    return "an RSA key of " + std::to_string(bits) + " bits is too weak; use "
           + std::to_string(min_rsa_bits) + " at least";
  if (type == key_type::rsa
      && (bits > max_rsa_bits || !has_sound_exponent(key)))
    return "an RSA key with numbers that no sound key has";
  if (!is_sound(key))
    return "a key whose numbers are no key";
  return {};
}

pkey_handle make(const char* type, OSSL_PARAM_BLD* builder) {
  parameters values{OSSL_PARAM_BLD_to_param(builder)};
  pkey_context context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  EVP_PKEY* key = nullptr;
  if (values && context && EVP_PKEY_fromdata_init(context.get()) == 1)
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, values.get());
  return pkey_handle{key};
}

number to_number(std::string_view x) {
  return number{BN_bin2bn(reinterpret_cast<const unsigned char*>(x.data()),
                          static_cast<int>(x.size()), nullptr)};
}

} // namespace

void key_reader::add(pkey_handle key, std::string id,
                     std::optional<algorithm> only) {
  auto type = key ? type_of(key.get()) : std::nullopt;
  if (!type)
    return complain("a key that is none of RSA, EC (P-256, P-384, P-521), "
                    "Ed25519 or Ed448");
  if (auto weakness = weakness_of(key.get(), *type); !weakness.empty())
    return complain(std::move(weakness));
  if (result.keys.size() == max_token_keys)
    return complain("more than " + std::to_string(max_token_keys) + " keys");
  auto& x = result.keys.emplace_back();
  x.type_ = *type;
  x.key_ = {key.release(), EVP_PKEY_free};
  x.id_ = std::move(id);
  x.only_ = only;
}

verification_key key_reader::make_secret(std::string secret) {
  verification_key result;
  result.secret_ = std::move(secret);
  return result;
}

verification_key key_from_secret(std::string secret) {
  return key_reader::make_secret(std::move(secret));
}

pkey_handle rsa_key(std::string_view n, std::string_view e) {
  auto modulus = to_number(n);
  auto exponent = to_number(e);
  parameter_builder builder{OSSL_PARAM_BLD_new()};
  if (!modulus || !exponent || !builder
      || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N,
                                modulus.get())
           != 1
      || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E,
                                exponent.get())
           != 1)
    return nullptr;
  return make("RSA", builder.get());
}

pkey_handle ec_key(key_type curve, std::string_view x, std::string_view y) {
  auto size = coordinate_size(curve);
  if (x.empty() || y.empty() || x.size() > size || y.size() > size)
    return nullptr;
  std::string point{'\x04'};     // not compressed
  for (auto coordinate : {x, y}) // some writers leave leading zeros out
    point.append(size - coordinate.size(), '\0').append(coordinate);
  parameter_builder builder{OSSL_PARAM_BLD_new()};
  if (!builder
      || OSSL_PARAM_BLD_push_utf8_string(
           builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve_name(curve), 0)
           != 1
      || OSSL_PARAM_BLD_push_octet_string(
           builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size())
           != 1)
    return nullptr;
  return make("EC", builder.get());
}

pkey_handle edwards_key(std::string_view curve, std::string_view x) {
  auto* name = curve == "Ed25519" ? "ED25519"
               : curve == "Ed448" ? "ED448"
                                  : nullptr;
  if (name == nullptr)
    return nullptr;
  return pkey_handle{EVP_PKEY_new_raw_public_key_ex(
    nullptr, name, nullptr, reinterpret_cast<const unsigned char*>(x.data()),
    x.size())};
}

} // namespace weir::auth
