#pragma once

#include "config/options/engineio.hpp"
#include "transport/engineio/session.hpp"
#include "transport/http/http_session.hpp"
#include "transport/http/request_error.hpp"
#include "transport/http/request_forwarder.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace weir::http {

/// What an Engine.IO request says in its method, query and headers.
struct engine_request {
  std::string transport;
  std::string sid;      ///< "": none that could be one's
  bool has_sid = false; ///< otherwise it is a handshake
  std::string eio;
  bool base64 = false; ///< the client takes no bytes (`b64`)
  bool is_get = false;
  bool is_post = false;
  bool upgrade = false; ///< asks for a WebSocket

  explicit engine_request(const request& x);

  /// As another node has passed it on.
  explicit engine_request(const poll_request& x);

  /// What is wrong with it before its session is looked at.
  std::optional<request_error> error(const engineio_options& settings) const;

  /// Likewise for a handshake.
  std::optional<request_error> handshake_error() const;

  /// Likewise for a session over `transport`.
  std::optional<request_error>
  session_error(engineio::transport_kind current) const;

private:
  void read(std::string_view query);

  bool malformed_ = false; ///< the query
};

} // namespace weir::http
