#pragma once

#include <string>

namespace weir::kafka {

/// librdkafka's version, and what it was built with: "librdkafka 2.14.2 (gzip,
/// ssl, sasl_scram, oidc)".
std::string library_version();

} // namespace weir::kafka
