#pragma once

#include "transport/engineio/client_stream.hpp"
#include "transport/engineio/port_event.hpp"
#include "transport/http/descriptor_reserve.hpp"
#include "transport/http/tls_port.hpp"

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

/// `http://127.0.0.1:3000`, or `https`, for a port that is open.
std::string url_of(const engineio::tcp_acceptor& port, bool encrypted);

struct listener_options {
  /// How many connections there may be; one more is closed at once.
  std::shared_ptr<engineio::admission> admission;
  std::function<void(engineio::client_stream)> accept;
  engineio::tell_port_event tell;
  /// May be null.
  std::shared_ptr<descriptor_reserve> reserve;
  /// Whether the reserve is kept for this port, or from it.
  bool owns_reserve = false;
  /// Null: no TLS.
  std::shared_ptr<const tls_port> tls = {};
  /// Whether an address stands for many clients; empty: none does.
  std::function<bool(const boost::asio::ip::address&)> is_shared = {};
};

/// Accepts connections on one loop, as long as somebody refers to it and it has
/// not been closed.
class listener : public std::enable_shared_from_this<listener> {
public:
  listener(engineio::tcp_acceptor port, listener_options options);

  void start();

  /// Takes who has connected already, and then closes: clients that the system
  /// has accepted would see a reset. On the loop.
  void finish();

  void close();

  /// What was to be done with a connection that has come could not be.
  void on_out_of_memory();

private:
  std::string url() const;
  void on_accepted(boost::system::error_code e, engineio::tcp_socket socket);
  void on_failed(boost::system::error_code e);
  void take(engineio::tcp_socket socket);
  void next();
  void pause();

  engineio::tcp_acceptor port_;
  engineio::steady_timer pause_;
  listener_options options_;
};

} // namespace weir::http
