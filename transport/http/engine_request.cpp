#include "transport/http/engine_request.hpp"

#include "transport/http/query.hpp"
#include "transport/http/websocket_handshake.hpp"

#include <algorithm>

namespace weir::http {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view version = "4";

/// How often a query names it, well or not: a request that does is never one
/// that opens a session.
std::size_t count_of(std::string_view query, std::string_view name) {
  std::size_t n = 0;
  while (!query.empty()) {
    auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    auto key = pair.substr(0, pair.find('='));
    n += form_decoded(key) == name ? 1 : 0;
  }
  return n;
}

} // namespace

engine_request::engine_request(const request& x)
  : is_get(x.method() == http::verb::get),
    is_post(x.method() == http::verb::post),
    upgrade(asks_for_websocket(x)) {
  read(split_target(x.target()).query);
}

engine_request::engine_request(const poll_request& x)
  : is_get(x.method == "GET"), is_post(x.method == "POST") {
  read(split_target(x.target).query);
}

void engine_request::read(std::string_view query) {
  transport = parameter(query, "transport").value_or("");
  malformed_ = !percent_decoded(query);
  auto sids = count_of(query, "sid");
  has_sid = sids > 0;
  if (sids == 1 && !malformed_)
    sid = parameter(query, "sid").value_or("");
  eio = parameter(query, "EIO").value_or("");
  base64 = !parameter(query, "b64").value_or("").empty();
}

// The order is the reference's: transport, sid, method, version.

std::optional<request_error>
engine_request::error(const engineio_options& settings) const {
  auto& known = settings.transports;
  if (std::find(known.begin(), known.end(), transport) == known.end())
    return request_error::transport_unknown;
  if (has_sid && sid.empty())
    return request_error::unknown_sid;
  if (malformed_)
    return request_error::bad_request;
  return std::nullopt;
}

std::optional<request_error> engine_request::handshake_error() const {
  if (!is_get)
    return request_error::bad_handshake_method;
  if (upgrade != (transport == "websocket"))
    return request_error::bad_request;
  if (eio != version)
    return request_error::unsupported_protocol_version;
  return std::nullopt;
}

std::optional<request_error>
engine_request::session_error(engineio::transport_kind current) const {
  // A second WebSocket is notified by a close frame, see `reject_upgrade`.
  auto has_moved = current == engineio::transport_kind::websocket;
  if (upgrade != (transport == "websocket") || eio != version
      || (has_moved && !upgrade))
    return request_error::bad_request;
  return std::nullopt;
}

} // namespace weir::http
