#include "tools/bench/load/stream.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace weir::bench {

tls_context make_tls_context() {
  tls_context context{SSL_CTX_new(TLS_client_method())};
  if (!context)
    throw std::bad_alloc{};
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE
                                    | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                    | SSL_MODE_RELEASE_BUFFERS);
  return context;
}

void stream::open(const sockaddr_in& source, const sockaddr_in& server) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0)
    throw std::system_error{errno, std::generic_category(), "socket"};
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  bind(fd_, reinterpret_cast<const sockaddr*>(&source), sizeof source);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&server), sizeof server)
        != 0
      && errno != EINPROGRESS && errno != ECONNREFUSED)
    throw std::system_error{errno, std::generic_category(), "connect"};
  if (!tls_)
    return;
  session_.reset(SSL_new(tls_));
  if (!session_ || SSL_set_fd(session_.get(), fd_) != 1)
    throw std::runtime_error{"no TLS for a client"};
  SSL_set_connect_state(session_.get());
}

void stream::close() {
  session_.reset();
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

ssize_t stream::receive(char* to, std::size_t size) {
  if (!session_)
    return recv(fd_, to, size, 0);
  ssize_t total = 0;
  while (size > static_cast<std::size_t>(total)) {
    auto count = receive_once(to + total,
                              size - static_cast<std::size_t>(total));
    if (count <= 0)
      return total > 0 ? total : count;
    total += count;
  }
  return total;
}

ssize_t stream::receive_once(char* to, std::size_t size) {
  auto count = SSL_read(session_.get(), to, static_cast<int>(size));
  return count > 0 ? count : fail(count);
}

ssize_t stream::send(std::string_view data) {
  if (!session_)
    return ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
  waits_for_peer_ = false;
  auto count = SSL_write(session_.get(), data.data(),
                         static_cast<int>(data.size()));
  return count > 0 ? count : fail(count);
}

ssize_t stream::fail(int result) {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      waits_for_peer_ = true;
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      errno = ECONNABORTED;
      return -1;
  }
}

} // namespace weir::bench
