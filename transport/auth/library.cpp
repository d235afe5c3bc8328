#include "transport/auth/library.hpp"

#include <openssl/crypto.h>

namespace weir::auth {

std::string library_version() {
  return OpenSSL_version(OPENSSL_VERSION);
}

} // namespace weir::auth
