#pragma once

#include "transport/engineio/connection.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::http {

/// Opens `address:port` once per loop (SO_REUSEPORT: the kernel spreads the
/// connections). Throws `std::runtime_error` that names the address, the key of
/// the configuration and what to do.
std::vector<engineio::tcp_acceptor>
open_port(std::string_view listen, std::string_view key,
          const std::vector<boost::asio::io_context*>& loops);

/// `http://127.0.0.1:3000` for a port that is open.
std::string url_of(const engineio::tcp_acceptor& port);

/// Accepts connections on one loop, as long as somebody refers to it and it has
/// not been closed.
class listener : public std::enable_shared_from_this<listener> {
public:
  using accept_connection = std::function<void(engineio::connection)>;

  /// At most `limit` connections among all who share `open`; `refused` (may be
  /// empty) is told of each one more, which is closed.
  listener(engineio::tcp_acceptor port, engineio::connection_slot::counter open,
           std::size_t limit, accept_connection accept,
           std::function<void()> refused = {});

  void start();
  void close();

private:
  void on_accepted(boost::system::error_code e, engineio::tcp_socket socket);

  engineio::tcp_acceptor port_;
  engineio::steady_timer pause_;
  engineio::connection_slot::counter open_;
  std::size_t limit_;
  accept_connection accept_;
  std::function<void()> refused_;
};

} // namespace weir::http
