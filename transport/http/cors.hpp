#pragma once

#include "config/options/server.hpp"

#include <string>
#include <string_view>

namespace weir::http {

/// Whether browsers of other origins may come at all.
bool is_on(const cors_options& settings);

/// Whether a WebSocket may be opened by a page from `origin` ("": by none). So
/// it may by one from this `host` itself, and by all where CORS is off.
bool lets_in(const cors_options& settings, std::string_view origin,
             std::string_view host);

/// Header lines for the answer to a request from `origin` ("" if the request
/// names none); on every answer, errors as well. None if CORS is off.
std::string cors_fields(const cors_options& settings, std::string_view origin);

/// Likewise for the answer to a preflight (OPTIONS), 204 without a body.
/// `headers` are those that the browser asks for.
std::string preflight_fields(const cors_options& settings,
                             std::string_view origin, std::string_view headers);

} // namespace weir::http
