#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

namespace weir::engineio {

// Asio's own types with the executor fixed: what is pending for an idle
// connection is then half as large, and nothing is dispatched by virtual call.

using tcp = boost::asio::ip::tcp;
using executor = boost::asio::io_context::executor_type;
using tcp_socket = boost::asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = boost::asio::basic_socket_acceptor<tcp, executor>;
using steady_timer = boost::asio::basic_waitable_timer<
  std::chrono::steady_clock,
  boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

} // namespace weir::engineio
