#pragma once

// A TCP connection that does not block, with TLS where the run wants that.

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/types.h>

#include <memory>
#include <string_view>

namespace weir::bench {

struct free_tls {
  void operator()(SSL_CTX* x) const { SSL_CTX_free(x); }
  void operator()(SSL* x) const { SSL_free(x); }
};

using tls_context = std::unique_ptr<SSL_CTX, free_tls>;

/// For clients that believe any certificate: the server is on this machine.
tls_context make_tls_context();

class stream {
public:
  /// Without a context it is plain; otherwise that must outlive it.
  explicit stream(SSL_CTX* tls) : tls_(tls) {}
  ~stream() { close(); }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  /// Begins to connect. Throws std::system_error.
  void open(const sockaddr_in& source, const sockaddr_in& server);
  void close();

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

  /// As recv(2) and send(2). All that has come is taken, if there is space for
  /// it: epoll does not tell of what TLS has read ahead.
  ssize_t receive(char* to, std::size_t size);
  ssize_t send(std::string_view data);

  /// Whether the last send waits for the peer's handshake instead of for room.
  bool waits_for_peer() const { return waits_for_peer_; }

private:
  ssize_t receive_once(char* to, std::size_t size);
  ssize_t fail(int result);

  SSL_CTX* tls_;
  int fd_ = -1;
  std::unique_ptr<SSL, free_tls> session_;
  bool waits_for_peer_ = false;
};

} // namespace weir::bench
