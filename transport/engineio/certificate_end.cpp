#include "transport/engineio/certificate_end.hpp"

#include <openssl/asn1.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>

namespace weir::engineio {

namespace {

using time_ptr = std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)>;

} // namespace

std::int64_t end_of(const x509_st& x) {
  time_ptr epoch{ASN1_TIME_set(nullptr, 0), ASN1_TIME_free};
  int days = 0;
  int seconds = 0;
  if (!epoch
      || ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(&x))
           != 1)
    return 0;
  return std::int64_t{days} * 24 * 60 * 60 + seconds;
}

std::int64_t first_end(ssl_ctx_st& x) {
  auto result = end_of(*SSL_CTX_get0_certificate(&x));
  STACK_OF(X509)* others = nullptr;
  SSL_CTX_get0_chain_certs(&x, &others);
  for (int i = 0; i < sk_X509_num(others); ++i)
    result = std::min(result, end_of(*sk_X509_value(others, i)));
  return result;
}

} // namespace weir::engineio
