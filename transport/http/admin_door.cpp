#include "transport/http/admin_door.hpp"

#include "config/address.hpp"

#include <boost/beast/core/string.hpp>

#include <openssl/crypto.h>

namespace weir::http {

namespace {

/// In a time that does not depend on where the two differ.
bool is_same(std::string_view x, std::string_view y) {
  return x.size() == y.size()
         && CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

bool has_token(std::string_view authorization, std::string_view token) {
  constexpr std::string_view scheme = "bearer ";
  return boost::beast::iequals(authorization.substr(0, scheme.size()), scheme)
         && is_same(authorization.substr(scheme.size()), token);
}

/// Whether no name server was asked for it: an address, or "localhost".
bool is_loopback_host(std::string_view host) {
  constexpr std::string_view local = "localhost";
  std::string text{host};
  if (boost::beast::iequals(host.substr(0, local.size()), local))
    text.replace(0, local.size(), "127.0.0.1");
  auto address = parse_address(text);
  if (!address)
    address = parse_address(text + ":0"); // a port may be left out
  return address && is_loopback(*address);
}

bool is_own(const admin_caller& x) {
  const std::string_view scheme = x.encrypted ? "https://" : "http://";
  return x.origin.starts_with(scheme)
         && boost::beast::iequals(x.origin.substr(scheme.size()), x.host);
}

} // namespace

door_verdict judge_caller(const admin_caller& x, std::string_view token) {
  if (!token.empty())
    return x.wants_page || has_token(x.authorization, token)
             ? door_verdict{}
             : door_verdict{401, "Authorization must be Bearer and the "
                                 "token of [admin]"};
  if (!is_loopback_host(x.host))
    return {403, "without a token in [admin], Host must be localhost or a "
                 "loopback address"};
  if (!x.origin.empty() && !is_own(x))
    return {403, "without a token in [admin], pages of another origin are not "
                 "served"};
  return {};
}

} // namespace weir::http
