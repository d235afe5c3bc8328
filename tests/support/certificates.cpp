#include "tests/support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>

namespace weir::test {

namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using certificate_ptr = std::unique_ptr<X509, void (*)(X509*)>;
using file_ptr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

key_ptr make_key() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

void set_name(X509_NAME* to, const std::string& name) {
  X509_NAME_add_entry_by_txt(
    to, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.data()),
    static_cast<int>(name.size()), -1, 0);
}

void add_extension(X509* to, int id, const char* value) {
  auto* x = X509V3_EXT_conf_nid(nullptr, nullptr, id, value);
  BOOST_TEST_REQUIRE(x != nullptr);
  X509_add_ext(to, x, -1);
  X509_EXTENSION_free(x);
}

/// With some time for clocks that differ.
certificate_ptr make_certificate(const std::string& name, EVP_PKEY* key,
                                 X509* issuer, EVP_PKEY* issuers_key,
                                 long lasts = 3600) {
  certificate_ptr result{X509_new(), X509_free};
  auto* x = result.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), lasts);
  X509_set_pubkey(x, key);
  set_name(X509_get_subject_name(x), name);
  X509_set_issuer_name(x, X509_get_subject_name(issuer ? issuer : x));
  if (issuer == nullptr)
    add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
  BOOST_TEST_REQUIRE(X509_sign(x, issuers_key, EVP_sha256()) > 0);
  return result;
}

file_ptr open(const std::filesystem::path& path) {
  file_ptr result{std::fopen(path.c_str(), "w"), std::fclose};
  BOOST_TEST_REQUIRE(result.get() != nullptr);
  return result;
}

} // namespace

authority::authority(std::filesystem::path folder, const std::string& name)
  : folder_(std::move(folder)),
    name_(name),
    key_(make_key()),
    certificate_(make_certificate(name, key_.get(), nullptr, key_.get())) {
  PEM_write_X509(open(ca()).get(), certificate_.get());
}

authority::~authority() = default;

std::string authority::ca() const {
  return folder_ / (name_ + ".pem");
}

std::string authority::certificate(const std::string& node, long lasts) const {
  auto key = make_key();
  auto x = make_certificate(node, key.get(), certificate_.get(), key_.get(),
                            lasts);
  PEM_write_PrivateKey(open(this->key(node)).get(), key.get(), nullptr, nullptr,
                       0, nullptr, nullptr);
  std::string result = folder_ / (name_ + "-" + node + ".pem");
  PEM_write_X509(open(result).get(), x.get());
  return result;
}

std::string authority::key(const std::string& node) const {
  return folder_ / (name_ + "-" + node + ".key");
}

} // namespace weir::test
