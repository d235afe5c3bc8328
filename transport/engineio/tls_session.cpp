#include "transport/engineio/tls_session.hpp"

#include "transport/engineio/openssl_reason.hpp"

#include <boost/asio/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace weir::engineio {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// OpenSSL counts in int.
int length_of(std::size_t n) {
  constexpr std::size_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(n, most));
}

} // namespace

tls_session::tls_session(ssl_st* session, std::shared_ptr<const void> context)
  : context_(std::move(context)), session_(session, SSL_free) {
  SSL_set_accept_state(session_.get());
}

tls_session::~tls_session() = default;

void tls_session::attach(int socket) {
  if (SSL_set_fd(session_.get(), socket) != 1)
    throw std::bad_alloc{}; // all that it can fail for
}

void tls_session::handshake(error_code& e) {
  ERR_clear_error();
  auto result = SSL_do_handshake(session_.get());
  finish(result, e);
  established_ = result == 1;
}

std::size_t tls_session::read(std::span<char> into, error_code& e) {
  ERR_clear_error();
  return finish(SSL_read(session_.get(), into.data(), length_of(into.size())),
                e);
}

std::size_t tls_session::peek(error_code& e) {
  ERR_clear_error();
  char byte = 0;
  return finish(SSL_peek(session_.get(), &byte, 1), e);
}

std::size_t tls_session::write(std::span<const char> bytes, error_code& e) {
  ERR_clear_error();
  return finish(
    SSL_write(session_.get(), bytes.data(), length_of(bytes.size())), e);
}

std::size_t tls_session::finish(int result, error_code& e) {
  e = {};
  needs_ = need::nothing;
  if (result > 0)
    return static_cast<std::size_t>(result);
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      needs_ = need::read;
      e = asio::error::would_block;
      return 0;
    case SSL_ERROR_WANT_WRITE:
      needs_ = need::write;
      e = asio::error::would_block;
      return 0;
    case SSL_ERROR_ZERO_RETURN:
      e = asio::error::eof;
      return 0;
    case SSL_ERROR_SYSCALL:
      e = {errno == 0 ? ECONNRESET : errno, boost::system::system_category()};
      why_ = e.message();
      break;
    default:
      e = make_error_code(boost::system::errc::protocol_error);
      why_ = openssl_reason();
  }
  established_ = false;
  return 0;
}

bool tls_session::has_pending() const {
  return SSL_has_pending(session_.get()) == 1;
}

std::shared_ptr<const client_certificate>
tls_session::certificate(certificate_name user) const {
  if (user == certificate_name::none)
    return nullptr;
  std::unique_ptr<X509, void (*)(X509*)> shown{
    SSL_get1_peer_certificate(session_.get()), X509_free};
  if (!shown || SSL_get_verify_result(session_.get()) != X509_V_OK)
    return nullptr;
  return std::make_shared<const client_certificate>(
    read_certificate(*shown, user));
}

void tls_session::shut_down() {
  if (!std::exchange(established_, false))
    return;
  ERR_clear_error();
  SSL_shutdown(session_.get());
}

} // namespace weir::engineio
