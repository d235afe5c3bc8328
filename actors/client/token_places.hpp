#pragma once

#include "transport/engineio/session_control.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The token that a client has shown, in the first of the places (as
/// `auth.jwt.token` names them) that has one; empty: there is none. `payload`
/// is that of its CONNECT packet: valid JSON, or empty.
std::string find_token(const std::vector<std::string>& places,
                       std::string_view payload,
                       const engineio::handshake_info& handshake);

} // namespace weir
