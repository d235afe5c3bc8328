#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <memory>

namespace weir::auth {

/// Frees what OpenSSL has made.
template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};

template <class T, auto Free>
using handle = std::unique_ptr<T, freed_by<Free>>;

using pkey_handle = handle<EVP_PKEY, EVP_PKEY_free>;
using pkey_context = handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using digest_context = handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using number = handle<BIGNUM, BN_free>;
using bio_handle = handle<BIO, BIO_free_all>;
using certificate = handle<X509, X509_free>;
using ecdsa_signature = handle<ECDSA_SIG, ECDSA_SIG_free>;
using parameter_builder = handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using parameters = handle<OSSL_PARAM, OSSL_PARAM_free>;

/// What OpenSSL complains about meanwhile is forgotten: who looks at the
/// thread's errors next, such as a TLS stream, would take it for its own.
class forget_errors {
public:
  forget_errors() { ERR_set_mark(); }
  ~forget_errors() { ERR_pop_to_mark(); }
  forget_errors(const forget_errors&) = delete;
  forget_errors& operator=(const forget_errors&) = delete;
};

} // namespace weir::auth
