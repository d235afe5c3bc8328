#include "transport/engineio/stream_socket.hpp"

#include <cassert>

namespace weir::engineio {

namespace asio = boost::asio;
using boost::system::error_code;

stream_socket::stream_socket(tcp_socket socket,
                             std::unique_ptr<tls_session> tls)
  : socket_(std::move(socket)), tls_(std::move(tls)) {
  assert(socket_.is_open());
  error_code ignored;
  socket_.non_blocking(true, ignored);
  if (tls_)
    tls_->attach(socket_.native_handle());
}

std::size_t stream_socket::read_some(asio::mutable_buffer into, error_code& e) {
  if (tls_)
    return tls_->read({static_cast<char*>(into.data()), into.size()}, e);
  // on a loop: the socket is non-blocking
  return socket_.read_some(into, e);
}

std::size_t stream_socket::peek(error_code& e) {
  if (tls_)
    return tls_->peek(e);
  char byte = 0;
  // on a loop: the socket is non-blocking
  return socket_.receive(asio::buffer(&byte, 1),
                         asio::socket_base::message_peek, e);
}

std::size_t stream_socket::write_encrypted(asio::const_buffer bytes,
                                           error_code& e) {
  e = {};
  if (bytes.size() == 0)
    return 0;
  return tls_->write({static_cast<const char*>(bytes.data()), bytes.size()}, e);
}

void stream_socket::shut_down_send() {
  error_code ignored;
  if (tls_ && is_open())
    tls_->shut_down();
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
}

void stream_socket::close() {
  error_code ignored;
  if (tls_ && is_open())
    tls_->shut_down();
  socket_.close(ignored);
}

std::optional<stream_socket> stream_socket::move_to(executor to) {
  error_code e;
  auto protocol = socket_.local_endpoint(e).protocol();
  auto descriptor = socket_.release(e);
  if (e)
    return std::nullopt;
  return stream_socket{tcp_socket{to, protocol, descriptor}, std::move(tls_)};
}

} // namespace weir::engineio
