#pragma once

#include "transport/http/http_session.hpp"

#include <optional>
#include <string>

namespace weir::http {

/// Whether a request asks for a WebSocket, rightly or not.
bool asks_for_websocket(const request& x);

/// The 101 answer (RFC 6455, 4.2.2), whole; nothing if the request is not one
/// that this server can answer. Of the subprotocols that the client names it
/// has the first, as in the reference.
std::optional<std::string> websocket_answer(const http_session& from);

} // namespace weir::http
