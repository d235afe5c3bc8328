#pragma once

#include "config/options.hpp"
#include "transport/engineio/session_control.hpp"
#include "transport/http/http_session.hpp"

#include <string>

namespace weir::http {

/// What a session keeps of the request that it begins with: of its target and
/// its headers, in whole lines, at most `limits.handshake` bytes.
engineio::handshake_info handshake_of(const http_session& from,
                                      const boost::asio::ip::address& client,
                                      std::string sid, const options& settings);

/// The user of the certificate that a request comes with; empty: of none.
std::string user_of(const http_session& from, const options& settings);

} // namespace weir::http
