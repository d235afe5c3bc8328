#pragma once

#include "config/options/tls.hpp"
#include "config/options/units.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// [server.cors]: which other origins browsers may come from.
struct cors_options {
  /// Exact origins ("https://app.example.org"), or "*" for any. Empty: CORS is
  /// off, as in Socket.IO: pages of other origins cannot poll, but they can
  /// open a WebSocket. With a list, WebSockets of pages of other origins are
  /// refused, too.
  std::vector<std::string> origins;
  /// Answers `Access-Control-Allow-Credentials: true`; not with "*".
  bool credentials = false;

  bool operator==(const cors_options&) const = default;
};

/// [server]: where clients connect.
struct server_options {
  /// `address:port`; port 0 takes a free one and logs it.
  std::string listen = "127.0.0.1:3000";
  /// Where Socket.IO answers; begins and ends with a slash.
  std::string path = "/socket.io/";
  /// Where plain Engine.IO answers and sends each message back, to try the
  /// transport alone; likewise with slashes. Empty: nowhere.
  std::string echo_path;
  /// I/O loops, each a thread; 0: one per core. At most 256.
  std::uint32_t io_threads = 0;
  /// A request's line and headers must be complete after this time.
  milliseconds header_timeout = seconds{10};
  /// Bytes of a request's line and headers, at most.
  std::size_t max_header = 16 * kib;
  /// Bytes of a request's target (path and query), at most. Unset: as many as
  /// of the header.
  std::size_t max_url = 16 * kib;
  /// Clients at once: sessions, over whatever transport, are refused with 503
  /// beyond it; TCP connections, of which each may have two, are closed.
  std::uint32_t max_connections = 1'000'000;
  /// A connection that has joined no namespace is closed after this time.
  milliseconds connect_timeout = seconds{45};
  /// When the node stops, its clients are sent away one after the other within
  /// this time, so that they do not all come back to the other nodes at once;
  /// 0: together. At most an hour.
  milliseconds drain_time = seconds{5};
  /// A folder whose files are served at "/"; empty: none. In a file it is named
  /// as seen from that file's own folder.
  std::string files;
  /// A folder with the official JavaScript client's bundles, served below
  /// `path`; empty: none. Named likewise.
  std::string client_files;
  /// Bytes that the files of each of the two folders have together, at most:
  /// they are read when the node starts, and kept.
  std::size_t max_file_bytes = 256 * mib;
  /// Proxies in front of this node, as networks (CIDR): who comes from one of
  /// them is whom it names in `Forwarded` or `X-Forwarded-For`, the rightmost
  /// one that is no proxy itself.
  std::vector<std::string> trust_proxy;
  /// `/livez` and `/readyz` are answered on this port, too, without reasons:
  /// for balancers and probes that cannot reach that of the operator.
  bool health = false;
  cors_options cors;
  tls_options tls;

  bool operator==(const server_options&) const = default;
};

} // namespace weir
