#pragma once

#include <string>

namespace weir::engineio {

/// Why OpenSSL's last calls on this thread have failed, for people. Forgets it.
std::string openssl_reason();

} // namespace weir::engineio
