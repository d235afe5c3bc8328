#pragma once

#include "config/options/auth.hpp"

#include <cstdint>
#include <string>

struct x509_st;

namespace weir::engineio {

/// What a client's certificate says.
struct client_certificate {
  /// Why it names no user.
  enum class problem : std::uint8_t {
    none,
    no_user,   ///< it has no name of the kind
    ambiguous, ///< it has several
    bad_user,  ///< what it has is none, or no user's
  };

  problem what = problem::none;
  std::string user; ///< empty: there is a problem
  /// When it is over (notAfter): seconds since 1970.
  std::int64_t expires = 0;

  bool operator==(const client_certificate&) const = default;
};

/// The user is the one name of that kind, 1 to `max_user` bytes of visible
/// ASCII, however many of other kinds there are: a URI as it stands, a host's
/// name in lower case, a mailbox with its domain in lower case. Requires:
/// `user` is not `none`.
client_certificate read_certificate(const x509_st& x, certificate_name user);

} // namespace weir::engineio
