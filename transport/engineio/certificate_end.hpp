#pragma once

#include <cstdint>

struct ssl_ctx_st;
struct x509_st;

namespace weir::engineio {

/// When a certificate is over (notAfter): seconds since 1970. One that cannot be
/// read has been over for long.
std::int64_t end_of(const x509_st& x);

/// When the first of those is that a port shows: its own, and those between it
/// and the authority. Requires: it has one.
std::int64_t first_end(ssl_ctx_st& x);

} // namespace weir::engineio
