#pragma once

#include <cstddef>
#include <memory>
#include <string>

struct ssl_ctx_st; // OpenSSL's SSL_CTX
struct ssl_st;     // OpenSSL's SSL

namespace weir {

/// TLS over a socket that does not block, for one link: the handshake comes
/// with the first bytes that are read or written, then bytes. Both sides must
/// show a certificate. It keeps its context until it ends, whatever others use
/// by then. Belongs to one thread at a time. Requires: SIGPIPE is ignored.
class link_tls {
public:
  enum class result {
    progress,   ///< so many bytes, or none
    wants_read, ///< the handshake has to hear from the other side first
    idle,       ///< the handshake is over, and there is nothing to write
    failed      ///< that was it; `problem` may say why
  };

  /// Throws `std::bad_alloc`.
  link_tls(ssl_ctx_st* context, int descriptor, bool dialed);
  ~link_tls();

  result read(std::size_t& n, void* to, std::size_t size);
  result write(std::size_t& n, const void* from, std::size_t size);

  /// Bytes that have come and are not read.
  std::size_t pending() const;

  /// What TLS had against the other side. Empty: nothing; a connection that is
  /// closed without a word is how most links end.
  const std::string& problem() const { return problem_; }

private:
  result shake_hands();
  result outcome_of(int status);
  result fail();

  std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
  std::string problem_;
  bool has_failed_ = false;
};

} // namespace weir
