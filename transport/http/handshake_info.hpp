#pragma once

#include "transport/engineio/session_control.hpp"
#include "transport/http/http_session.hpp"

#include <cstddef>
#include <string>

namespace weir::http {

/// What a session keeps of the request that it begins with: at most
/// `max_bytes` of its target and its headers, in whole lines.
engineio::handshake_info handshake_of(const http_session& from,
                                      const boost::asio::ip::address& client,
                                      std::string sid, std::size_t max_bytes);

} // namespace weir::http
