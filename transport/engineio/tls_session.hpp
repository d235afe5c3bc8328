#pragma once

#include "transport/engineio/client_certificate.hpp"

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct ssl_st;

namespace weir::engineio {

/// The server's end of TLS on a socket that does not block. Calls do what can
/// be done now: where the socket must be waited for first they fail with
/// `would_block`, and `needs` says for what. Between two messages it holds no
/// buffers.
class tls_session {
public:
  enum class need : std::uint8_t { nothing, read, write };

  /// `context`, which lives as long, has made `session`.
  tls_session(ssl_st* session, std::shared_ptr<const void> context);
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;
  ~tls_session();

  /// Requires: the socket does not block, and stays open while calls are made.
  void attach(int socket);

  void handshake(boost::system::error_code& e);

  /// At least one byte, or an error: `eof` when the client has ended its side,
  /// with or without TLS's own goodbye, as what comes through has lengths of
  /// its own.
  std::size_t read(std::span<char> into, boost::system::error_code& e);

  /// How many bytes could be read now.
  std::size_t peek(boost::system::error_code& e);

  /// Some of the bytes, at most one record's. After `would_block` the same
  /// bytes must come again, wherever they lie by then; more may follow them.
  std::size_t write(std::span<const char> bytes, boost::system::error_code& e);

  need needs() const { return needs_; }

  /// Whether bytes have been taken from the socket that are not read yet.
  bool has_pending() const;

  /// What the client's certificate says, which was verified by the handshake,
  /// or by that of the session that is resumed: it may be over by now. Null:
  /// the client has shown none, or `user` is none of its names. Requires: the
  /// handshake is over.
  std::shared_ptr<const client_certificate>
  certificate(certificate_name user) const;

  /// Says goodbye, if it can be said without waiting.
  void shut_down();

  /// Of the last call that failed, for people.
  const std::string& why() const { return why_; }

private:
  std::size_t finish(int result, boost::system::error_code& e);

  std::shared_ptr<const void> context_; ///< destroyed after `session_`
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
  std::string why_;
  need needs_ = need::nothing;
  bool established_ = false; ///< and has not failed since
};

} // namespace weir::engineio
