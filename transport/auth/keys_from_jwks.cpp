#include "config/base/base64.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/auth/key_reader.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace weir::auth {

namespace {

namespace json = boost::json;

/// Of the member, if it is a string; otherwise empty.
std::string_view text_in(const json::object& x, std::string_view name) {
  auto* value = x.if_contains(name);
  auto* text = value ? value->if_string() : nullptr;
  return text ? std::string_view{*text} : std::string_view{};
}

/// Empty, too, for what is no base64url.
std::string bytes_in(const json::object& x, std::string_view name) {
  return from_base64url(text_in(x, name)).value_or("");
}

/// RFC 7517, sections 4.2 and 4.3.
bool is_for_verifying(const json::object& x) {
  if (x.contains("use") && text_in(x, "use") != "sig")
    return false;
  auto* operations = x.if_contains("key_ops");
  if (operations == nullptr)
    return true;
  auto* list = operations->if_array();
  return list && std::find(list->begin(), list->end(), "verify") != list->end();
}

std::optional<key_type> curve_of(std::string_view name) {
  if (name == "P-256")
    return key_type::p256;
  if (name == "P-384")
    return key_type::p384;
  if (name == "P-521")
    return key_type::p521;
  return std::nullopt;
}

/// Whether the key is of a kind that is known here.
bool is_known(const json::object& x) {
  auto kind = text_in(x, "kty");
  auto curve = text_in(x, "crv");
  return kind == "RSA" || (kind == "EC" && curve_of(curve))
         || (kind == "OKP" && (curve == "Ed25519" || curve == "Ed448"));
}

pkey_handle key_in(const json::object& x) {
  auto kind = text_in(x, "kty");
  if (kind == "RSA")
    return rsa_key(bytes_in(x, "n"), bytes_in(x, "e"));
  if (kind == "EC")
    return ec_key(*curve_of(text_in(x, "crv")), bytes_in(x, "x"),
                  bytes_in(x, "y"));
  return edwards_key(text_in(x, "crv"), bytes_in(x, "x"));
}

/// What must not be in a file that others can read; empty: it is not.
std::string secret_in(const json::object& x) {
  if (text_in(x, "kty") == "oct")
    return "a secret (\"kty\": \"oct\") in a set of public keys; set secret "
           "or secret_file";
  if (x.contains("d") || x.contains("k"))
    return "a private key in a set of public keys; it is the signer's secret";
  return {};
}

void add_key(key_reader& to, const json::object& x) {
  if (auto secret = secret_in(x); !secret.empty())
    return to.complain(std::move(secret));
  auto name = text_in(x, "alg");
  auto only = algorithm_of(name);
  auto is_for_us = is_known(x) && is_for_verifying(x)
                   && (only || !x.contains("alg"));
  if (is_for_us)
    to.add(key_in(x), std::string{text_in(x, "kid")}, only);
}

/// Null: it is no key set.
const json::array* keys_in(const json::value& x) {
  auto* set = x.if_object();
  auto* keys = set ? set->if_contains("keys") : nullptr;
  return keys ? keys->if_array() : nullptr;
}

} // namespace

read_keys keys_from_jwks(std::string_view text) {
  forget_errors ignored;
  key_reader reader;
  boost::system::error_code e;
  auto parsed = text.size() <= max_key_file ? json::parse(text, e)
                                            : json::value{};
  auto* keys = e ? nullptr : keys_in(parsed);
  if (keys == nullptr) {
    reader.complain("no key set, {\"keys\": [...]}");
    return reader.result;
  }
  for (auto& x : *keys)
    if (auto* key = x.if_object())
      add_key(reader, *key);
  if (reader.result.keys.empty())
    reader.complain("no key for signatures in the key set");
  return reader.result;
}

} // namespace weir::auth
