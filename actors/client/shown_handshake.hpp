#pragma once

#include "schemas/listing_codec.hpp"
#include "transport/engineio/session_control.hpp"

namespace weir {

/// What an operator sees of the request that a session began with. A client may
/// have its token in any header, cookie or parameter (`auth.jwt.token`), so only
/// those are shown that are known to hold none.
schemas::handshake_status shown_handshake(const engineio::handshake_info& x,
                                          bool is_encrypted);

} // namespace weir
