// Which user a client's certificate names, of all names that it may have.

#include "transport/engineio/client_certificate.hpp"

#include "config/options/fixed_bounds.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace weir;
using namespace std::string_literals;
using engineio::client_certificate;
using engineio::read_certificate;
using enum client_certificate::problem;

struct name {
  int type = GEN_DNS;
  std::string text;
};

using names = std::vector<name>;

GENERAL_NAME* make_name(const name& x) {
  auto* result = GENERAL_NAME_new();
  if (x.type == GEN_IPADD) {
    auto* address = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(
      address, reinterpret_cast<const unsigned char*>("\x7f\0\0\1"), 4);
    GENERAL_NAME_set0_value(result, GEN_IPADD, address);
  } else if (x.type == GEN_RID) {
    GENERAL_NAME_set0_value(result, GEN_RID, OBJ_txt2obj(x.text.c_str(), 1));
  } else if (x.type == GEN_OTHERNAME) {
    auto* value = ASN1_TYPE_new();
    auto* text = ASN1_UTF8STRING_new();
    ASN1_STRING_set(text, x.text.data(), static_cast<int>(x.text.size()));
    ASN1_TYPE_set(value, V_ASN1_UTF8STRING, text);
    GENERAL_NAME_set0_othername(
      result, OBJ_txt2obj("1.3.6.1.4.1.311.20.2.3", 1), value);
  } else {
    auto* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, x.text.data(), static_cast<int>(x.text.size()));
    GENERAL_NAME_set0_value(result, x.type, text);
  }
  return result;
}

/// With these names, and over at that time; nobody has signed it.
class certificate {
public:
  explicit certificate(const names& xs, std::int64_t expires = 4'000'000'000) {
    std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)> end{
      ASN1_TIME_set(nullptr, expires), ASN1_TIME_free};
    X509_set1_notAfter(value_.get(), end.get());
    if (!xs.empty())
      add(xs);
  }

  /// One more extension with names.
  certificate& add(const names& xs) {
    auto* all = GENERAL_NAMES_new();
    for (auto& x : xs)
      sk_GENERAL_NAME_push(all, make_name(x));
    auto done = X509_add1_ext_i2d(value_.get(), NID_subject_alt_name, all, 0,
                                  X509V3_ADD_APPEND);
    BOOST_TEST_REQUIRE(done == 1);
    GENERAL_NAMES_free(all);
    return *this;
  }

  /// An extension that holds no names, whatever it is called.
  certificate& add_bytes(const std::string& x) {
    auto* bytes = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(bytes,
                          reinterpret_cast<const unsigned char*>(x.data()),
                          static_cast<int>(x.size()));
    auto* extension
      = X509_EXTENSION_create_by_NID(nullptr, NID_subject_alt_name, 0, bytes);
    X509_add_ext(value_.get(), extension, -1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(bytes);
    return *this;
  }

  client_certificate read(certificate_name user) const {
    return read_certificate(*value_, user);
  }

private:
  std::unique_ptr<X509, void (*)(X509*)> value_{X509_new(), X509_free};
};

struct kind {
  certificate_name name;
  int type;
};

const std::array kinds{kind{certificate_name::uri, GEN_URI},
                       kind{certificate_name::dns, GEN_DNS},
                       kind{certificate_name::email, GEN_EMAIL}};

client_certificate read(const kind& x, const std::string& text) {
  return certificate{{{x.type, text}}}.read(x.name);
}

/// As far as the kind allows: what it makes of it, or "".
std::string user_of(const kind& x, const std::string& text) {
  auto found = read(x, text);
  BOOST_TEST((found.what == (found.user.empty() ? bad_user : none)), text);
  return found.user;
}

const kind& uri = kinds[0];
const kind& dns = kinds[1];
const kind& email = kinds[2];

} // namespace

BOOST_AUTO_TEST_SUITE(a_clients_certificate)

BOOST_AUTO_TEST_CASE(names_its_user) {
  BOOST_TEST(user_of(uri, "spiffe://example.org/ada")
             == "spiffe://example.org/ada");
  BOOST_TEST(user_of(uri, "urn:uuid:1-2") == "urn:uuid:1-2");
  BOOST_TEST(user_of(uri, "HTTP://A/%41") == "HTTP://A/%41");
  BOOST_TEST(user_of(dns, "Ada_1.example-A.ORG") == "ada_1.example-a.org");
  BOOST_TEST(user_of(dns, "ada") == "ada");
  BOOST_TEST(user_of(email, "Ada+x@Example.ORG") == "Ada+x@example.org");
}

BOOST_AUTO_TEST_CASE(does_not_name_one_by_what_is_no_such_name) {
  for (auto& text : {""s, ":"s, "spiffe:"s, "1a:b"s, "ada"s, "/ada"s, "a b:c"s,
                     "a:b c"s, "a:\xc3\xa4"s, "a:\x7f"s, "a:b\n"s})
    BOOST_TEST(user_of(uri, text) == "", text);
  for (auto& text : {""s, "."s, "a."s, ".a"s, "a..b"s, "*"s, "*.a"s, "a b"s,
                     "a\r\nb"s, "a@b"s, "a/b"s, "\xe4"s})
    BOOST_TEST(user_of(dns, text) == "", text);
  for (auto& text : {""s, "@"s, "ada"s, "@a"s, "a@"s, "a@b@c"s, "a b@c"s,
                     "a@*.b"s, "a@b."s, "Ada <a@b>"s, "\xc3\xa4@b"s})
    BOOST_TEST(user_of(email, text) == "", text);
}

BOOST_AUTO_TEST_CASE(does_not_end_at_a_nul) {
  for (auto& text : {"spiffe://a/ada\0"s, "spiffe://a/ada\0/eve"s, "\0a:b"s})
    BOOST_TEST(user_of(uri, text) == "");
  for (auto& text : {"ada\0"s, "ada\0.eve.example"s, "\0ada"s})
    BOOST_TEST(user_of(dns, text) == "");
  for (auto& text : {"ada@a\0"s, "ada@a\0.eve.example"s, "ada\0@a"s})
    BOOST_TEST(user_of(email, text) == "");
}

BOOST_AUTO_TEST_CASE(names_a_user_of_255_bytes_and_no_longer_one) {
  for (auto& [x, before] :
       {std::pair{uri, "a:"s}, std::pair{dns, ""s}, std::pair{email, "a@"s}}) {
    auto longest = before + std::string(max_user - before.size(), 'b');
    BOOST_TEST(user_of(x, longest) == longest);
    BOOST_TEST(user_of(x, longest + "b") == "");
    BOOST_TEST(user_of(x, longest + std::string(100'000, 'b')) == "");
  }
}

BOOST_AUTO_TEST_CASE(without_names_has_no_user) {
  for (auto& x : kinds)
    BOOST_TEST((certificate{{}}.read(x.name).what == no_user));
}

BOOST_AUTO_TEST_CASE(whose_names_cannot_be_read_has_no_user) {
  for (auto& bytes : {""s, "x"s, "\x30\x05\x82\x01"s, "\x30\x80"s})
    for (auto& x : kinds) {
      auto found = certificate{{}}.add_bytes(bytes).read(x.name);
      BOOST_TEST((found.what == bad_user));
      BOOST_TEST(found.user == "");
    }
  BOOST_TEST(ERR_peek_error() == 0u); // nothing is left for the next call
}

BOOST_AUTO_TEST_CASE(whose_names_are_in_two_places_is_ambiguous) {
  certificate twice{{{GEN_DNS, "ada"}}};
  twice.add({{GEN_IPADD, ""}});
  BOOST_TEST((twice.read(certificate_name::dns).what == ambiguous));
}

BOOST_AUTO_TEST_CASE(says_when_it_is_over) {
  for (std::int64_t x :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{1'700'000'000},
        std::int64_t{2'524'607'999}, // the last second in two digits' years
        std::int64_t{2'524'608'000},
        std::int64_t{253'402'300'799}}) // the last one of all
    BOOST_TEST(certificate({}, x).read(certificate_name::dns).expires == x);
}

/// Whatever other names there are, and in whatever order: it is the one of the
/// kind, or none.
BOOST_AUTO_TEST_CASE(names_the_only_one_of_a_kind_among_any_others) {
  struct text {
    std::string given;
    std::string user; ///< "": it is none
  };
  const std::array<std::vector<text>, 3> texts{
    std::vector<text>{{"spiffe://a/ada", "spiffe://a/ada"},
                      {"a:b", "a:b"},
                      {"ada", ""},
                      {"a:b\0"s, ""},
                      {"a:" + std::string(300, 'b'), ""}},
    std::vector<text>{{"ada.example", "ada.example"},
                      {"ADA", "ada"},
                      {"*.example", ""},
                      {"ada\0.example"s, ""}},
    std::vector<text>{{"ada@a.example", "ada@a.example"},
                      {"A@B", "A@b"},
                      {"ada", ""},
                      {"ada@a\0"s, ""}}};
  std::mt19937 choose{1};
  auto below = [&](std::size_t n) { return choose() % n; };
  std::array<std::size_t, 4> seen{};
  for (int round = 0; round < 5000; ++round) {
    names all;
    std::array<std::vector<text>, 3> of_kind;
    for (auto n = below(6); n > 0; --n) {
      auto i = below(6);
      if (i < 3) {
        of_kind[i].push_back(texts[i][below(texts[i].size())]);
        all.push_back({kinds[i].type, of_kind[i].back().given});
      } else {
        all.push_back(
          {std::array{GEN_IPADD, GEN_RID, GEN_OTHERNAME}[i - 3], "1.2.3"});
      }
    }
    certificate x{all};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      auto& own = of_kind[i];
      auto found = x.read(kinds[i].name);
      auto expected = own.empty()                ? no_user
                      : own.size() > 1           ? ambiguous
                      : own.front().user.empty() ? bad_user
                                                 : none;
      BOOST_TEST_REQUIRE((found.what == expected));
      BOOST_TEST_REQUIRE(found.user
                         == (expected == none ? own.front().user : ""));
      ++seen[static_cast<std::size_t>(found.what)];
    }
  }
  for (auto n : seen)
    BOOST_TEST(n > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
