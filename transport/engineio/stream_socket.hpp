#pragma once

#include "transport/engineio/socket.hpp"
#include "transport/engineio/tls_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace weir::engineio {

/// A client's TCP socket, which does not block, plain or with TLS on it. As
/// with Asio's own, whoever waits for something sees to it that it lives until
/// then, and moves it only while nobody waits.
class stream_socket {
public:
  using executor_type = executor; // asio::async_write wants it

  /// Requires: `socket` is open.
  stream_socket(tcp_socket socket, std::unique_ptr<tls_session> tls = nullptr);

  executor get_executor() { return socket_.get_executor(); }

  bool is_open() const { return socket_.is_open(); }

  bool is_encrypted() const { return tls_ != nullptr; }

  /// See `tls_session::certificate`; null where there is no TLS.
  std::shared_ptr<const client_certificate>
  certificate(certificate_name user) const {
    return tls_ ? tls_->certificate(user) : nullptr;
  }

  /// For its options and addresses.
  tcp_socket& tcp() { return socket_; }
  const tcp_socket& tcp() const { return socket_; }

  /// `handler(error_code)`; at once where there is no TLS.
  template <class Handler>
  void async_handshake(Handler handler);

  /// Why the handshake failed, for people.
  const std::string& why() const { return tls_->why(); }

  /// `handler(error_code, std::size_t)`.
  template <class Handler>
  void async_read_some(boost::asio::mutable_buffer into, Handler handler);

  /// Does not wait (`would_block`).
  std::size_t read_some(boost::asio::mutable_buffer into,
                        boost::system::error_code& e);

  /// `handler(error_code)` when `peek` may have news.
  template <class Handler>
  void async_wait_to_read(Handler handler) {
    socket_.async_wait(tcp_socket::wait_read, std::move(handler));
  }

  /// How many bytes could be read now, at least; does not wait.
  std::size_t peek(boost::system::error_code& e);

  /// `handler(error_code, std::size_t)`.
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& bytes, Handler handler);

  /// Does not wait (`would_block`): then `async_wait_to_write` comes next, and
  /// the same bytes, maybe with more behind them.
  template <class Buffers>
  std::size_t write_some(const Buffers& bytes, boost::system::error_code& e);

  template <class Handler>
  void async_wait_to_write(Handler handler) {
    wait(tls_ ? tls_->needs() : tls_session::need::write, std::move(handler));
  }

  /// Nothing more will be sent.
  void shut_down_send();

  void close();

  /// The same connection, on another loop; nothing: it is broken.
  std::optional<stream_socket> move_to(executor to);

private:
  using need = tls_session::need;

  /// What a TLS record holds, at most.
  static constexpr std::size_t record_size = 16 * 1024;

  template <class Handler>
  void wait(need what, Handler handler);

  /// `step(error_code&)` once the socket is ready, and again for as long as it
  /// would block; then `handler(error_code, its result)`.
  template <class Step, class Handler>
  void attempt(need what, Step step, Handler handler);

  std::size_t write_encrypted(boost::asio::const_buffer bytes,
                              boost::system::error_code& e);

  tcp_socket socket_;
  std::unique_ptr<tls_session> tls_;
};

template <class Handler>
void stream_socket::wait(need what, Handler handler) {
  if (what == need::nothing)
    boost::asio::post(get_executor(),
                      [this, handler = std::move(handler)]() mutable {
                        boost::system::error_code e;
                        if (!is_open())
                          e = boost::asio::error::operation_aborted;
                        handler(e);
                      });
  else
    socket_.async_wait(what == need::read ? tcp_socket::wait_read
                                          : tcp_socket::wait_write,
                       std::move(handler));
}

template <class Step, class Handler>
void stream_socket::attempt(need what, Step step, Handler handler) {
  wait(what, [this, step = std::move(step), handler = std::move(handler)](
               boost::system::error_code e) mutable {
    auto n = e ? std::size_t{0} : step(e);
    if (e == boost::asio::error::would_block)
      attempt(tls_->needs(), std::move(step), std::move(handler));
    else
      handler(e, n);
  });
}

template <class Handler>
void stream_socket::async_handshake(Handler handler) {
  auto step = [this](boost::system::error_code& e) {
    tls_->handshake(e);
    return std::size_t{0};
  };
  if (tls_)
    attempt(need::nothing, step,
            [handler = std::move(handler)](boost::system::error_code e,
                                           std::size_t) mutable {
              handler(e);
            });
  else
    handler(boost::system::error_code{});
}

template <class Handler>
void stream_socket::async_read_some(boost::asio::mutable_buffer into,
                                    Handler handler) {
  auto step = [this, into](boost::system::error_code& e) {
    return read_some(into, e); // on a loop: the socket is non-blocking
  };
  if (tls_)
    attempt(tls_->has_pending() ? need::nothing : need::read, step,
            std::move(handler));
  else
    socket_.async_read_some(into, std::move(handler));
}

template <class Buffers, class Handler>
void stream_socket::async_write_some(const Buffers& bytes, Handler handler) {
  if (!tls_) {
    socket_.async_write_some(bytes, std::move(handler));
    return;
  }
  auto step = [this, bytes](boost::system::error_code& e) {
    return write_some(bytes, e); // on a loop: the socket is non-blocking
  };
  attempt(need::nothing, std::move(step), std::move(handler));
}

/// TLS takes one piece, and makes it a record.
template <class Buffers>
std::size_t
stream_socket::write_some(const Buffers& bytes, boost::system::error_code& e) {
  if (!tls_)
    return socket_.write_some(bytes, e); // on a loop: it is non-blocking
  boost::asio::const_buffer first = *boost::asio::buffer_sequence_begin(bytes);
  if (first.size() >= record_size
      || first.size() == boost::asio::buffer_size(bytes))
    return write_encrypted(first, e);
  std::array<char, record_size> joined;
  auto n = boost::asio::buffer_copy(boost::asio::buffer(joined), bytes);
  return write_encrypted({joined.data(), n}, e);
}

} // namespace weir::engineio
