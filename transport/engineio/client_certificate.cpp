#include "transport/engineio/client_certificate.hpp"

#include "config/options/fixed_bounds.hpp"
#include "transport/engineio/certificate_end.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace weir::engineio {

namespace {

using enum client_certificate::problem;
using names_ptr = std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)>;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_letter_or_digit(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

/// A NUL is none of them, which some readers take for a name's end.
bool is_visible(char c) {
  return c > ' ' && c < 0x7f;
}

std::string in_lower_case(std::string_view x) {
  std::string result{x};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return result;
}

// What a user may be; nothing: it is none.

/// A scheme, and something behind it.
std::optional<std::string> user_of_uri(std::string_view x) {
  auto scheme = x.substr(0, x.find(':'));
  auto is_part = [](char c) {
    return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
  };
  if (scheme.empty() || !is_letter(scheme.front())
      || !std::all_of(scheme.begin(), scheme.end(), is_part)
      || x.size() < scheme.size() + 2)
    return std::nullopt;
  return std::string{x};
}

/// No pattern: that would be many.
std::optional<std::string> user_of_dns(std::string_view x) {
  auto is_part = [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  };
  if (x.empty() || x.starts_with('.') || x.ends_with('.')
      || x.find("..") != x.npos || !std::all_of(x.begin(), x.end(), is_part))
    return std::nullopt;
  return in_lower_case(x);
}

std::optional<std::string> user_of_email(std::string_view x) {
  auto at = x.find('@');
  auto domain = at == x.npos ? std::nullopt : user_of_dns(x.substr(at + 1));
  if (!domain || at == 0)
    return std::nullopt;
  return std::string{x.substr(0, at + 1)} + *domain;
}

std::optional<std::string> user_in(std::string_view x, certificate_name kind) {
  if (x.size() > max_user || !std::all_of(x.begin(), x.end(), is_visible))
    return std::nullopt;
  return kind == certificate_name::uri   ? user_of_uri(x)
         : kind == certificate_name::dns ? user_of_dns(x)
                                         : user_of_email(x);
}

// What OpenSSL has read.

int type_of(certificate_name x) {
  return x == certificate_name::uri   ? GEN_URI
         : x == certificate_name::dns ? GEN_DNS
                                      : GEN_EMAIL;
}

/// The one of a type; null, and how many there are.
const GENERAL_NAME* only(const GENERAL_NAMES* all, int type, int& count) {
  const GENERAL_NAME* result = nullptr;
  count = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i)
    if (auto* x = sk_GENERAL_NAME_value(all, i); x->type == type) {
      result = x;
      ++count;
    }
  return count == 1 ? result : nullptr;
}

/// Where it has them at all, and once.
std::pair<names_ptr, client_certificate::problem> names_of(const X509& x) {
  int found = 0;
  ERR_set_mark(); // who calls OpenSSL next would take an error for its own
  names_ptr names{static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
                    &x, NID_subject_alt_name, &found, nullptr)),
                  GENERAL_NAMES_free};
  ERR_pop_to_mark();
  if (names)
    return {std::move(names), none};
  return {std::move(names), found == -1   ? no_user
                            : found == -2 ? ambiguous
                                          : bad_user};
}

} // namespace

client_certificate read_certificate(const x509_st& x, certificate_name user) {
  assert(user != certificate_name::none);
  client_certificate result;
  result.expires = end_of(x);
  auto [names, problem] = names_of(x);
  result.what = problem;
  if (!names)
    return result;
  int count = 0;
  auto* name = only(names.get(), type_of(user), count);
  result.what = count == 0 ? no_user : count > 1 ? ambiguous : bad_user;
  if (name == nullptr)
    return result;
  auto* text = name->d.ia5; // of all three kinds
  auto found
    = user_in({reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
               static_cast<std::size_t>(ASN1_STRING_length(text))},
              user);
  if (found) {
    result.user = std::move(*found);
    result.what = none;
  }
  return result;
}

} // namespace weir::engineio
