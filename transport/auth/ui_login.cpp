#include "transport/auth/ui_login.hpp"

#include "config/base/base64.hpp"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <utility>

namespace weir::auth {

namespace {

constexpr std::size_t own_secret = 32;

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       hash.data(), &size);
  return {reinterpret_cast<const char*>(hash.data()), size};
}

std::string random_secret() {
  std::array<unsigned char, own_secret> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("OpenSSL has no random bytes");
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// In a time that does not depend on where the two differ.
bool is_same(std::string_view x, std::string_view y) {
  return x.size() == y.size()
         && CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

} // namespace

ui_login::ui_login(std::string user, std::string hash, std::string_view secret)
  : user_(std::move(user)), hash_(std::move(hash)) {
  // Unlike what is derived from the same secret for other purposes. No name
  // holds a zero.
  auto purpose = "weir.admin-ui.session.v1" + std::string(1, '\0') + user_
                 + std::string(1, '\0') + hash_;
  key_ = hmac(secret.empty() ? random_secret() : std::string{secret}, purpose);
}

/// The password is hashed whatever the name is: how long it takes tells nothing.
bool ui_login::matches(std::string_view user,
                       const std::string& password) const {
  auto work = std::make_unique<crypt_data>(); // some 32 KiB, and zeros
  auto* found = crypt_r(password.c_str(), hash_.c_str(), work.get());
  auto is_right = found != nullptr && is_same(found, hash_)
                  && password.find('\0') == std::string::npos;
  return is_same(user, user_) && is_right;
}

std::string ui_login::make_session(std::int64_t now) const {
  auto end = std::to_string(now + lifetime);
  return end + '.' + tag_of(end);
}

bool ui_login::holds(std::string_view session, std::int64_t now) const {
  auto end = session.substr(0, session.find('.'));
  if (end.size() == session.size()
      || !is_same(session.substr(end.size() + 1), tag_of(end)))
    return false;
  std::int64_t until = 0;
  auto [stop, error] = std::from_chars(end.data(), end.data() + end.size(),
                                       until);
  return error == std::errc{} && stop == end.data() + end.size() && now < until;
}

std::string ui_login::tag_of(std::string_view text) const {
  return to_base64url(hmac(key_, text));
}

} // namespace weir::auth
