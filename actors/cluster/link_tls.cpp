#include "actors/cluster/link_tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>

namespace weir {

link_tls::link_tls(SSL_CTX* context, int descriptor, bool dialed)
  : session_(SSL_new(context), SSL_free) {
  if (!session_ || SSL_set_fd(session_.get(), descriptor) != 1)
    throw std::bad_alloc{};
  if (dialed)
    SSL_set_connect_state(session_.get());
  else
    SSL_set_accept_state(session_.get());
}

link_tls::~link_tls() = default;

link_tls::result link_tls::read(std::size_t& n, void* to, std::size_t size) {
  n = 0;
  if (auto x = shake_hands(); x != result::idle)
    return x;
  return outcome_of(SSL_read_ex(session_.get(), to, size, &n));
}

link_tls::result link_tls::write(std::size_t& n, const void* from,
                                 std::size_t size) {
  n = 0;
  if (auto x = shake_hands(); x != result::idle || size == 0)
    return x;
  return outcome_of(SSL_write_ex(session_.get(), from, size, &n));
}

std::size_t link_tls::pending() const {
  return static_cast<std::size_t>(SSL_pending(session_.get()));
}

/// `idle`: it is over.
link_tls::result link_tls::shake_hands() {
  if (has_failed_)
    return result::failed;
  ERR_clear_error(); // of other links of this thread, which would count as ours
  if (SSL_is_init_finished(session_.get()))
    return result::idle;
  auto status = SSL_do_handshake(session_.get());
  if (status == 1)
    return result::idle;
  if (SSL_get_error(session_.get(), status) == SSL_ERROR_WANT_READ)
    return result::wants_read;
  return outcome_of(status);
}

/// Whoever has to wait for the other side is called again when there is
/// something from it, or space for more.
link_tls::result link_tls::outcome_of(int status) {
  if (status == 1)
    return result::progress;
  switch (SSL_get_error(session_.get(), status)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return result::progress;
    default:
      return fail();
  }
}

link_tls::result link_tls::fail() {
  auto error = ERR_peek_last_error();
  auto* reason = ERR_reason_error_string(error);
  auto just_ended = ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  if (reason != nullptr && !just_ended)
    problem_ = reason;
  has_failed_ = true;
  return result::failed;
}

} // namespace weir
