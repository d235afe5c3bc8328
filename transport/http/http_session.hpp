#pragma once

#include "transport/engineio/client_stream.hpp"
#include "transport/engineio/exchange.hpp"
#include "transport/engineio/port_event.hpp"
#include "transport/http/request_body.hpp"
#include "transport/http/request_head.hpp"
#include "transport/http/response.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace weir::http {

class http_session;

using request = boost::beast::http::request<boost::beast::http::string_body>;

/// What answers the requests of a port. Called on the session's loop.
class request_handler {
public:
  virtual ~request_handler() = default;

  /// The header is there. True: read the body, then call `on_request`. False:
  /// the request has been answered, or the connection taken away.
  virtual bool on_header(http_session& from) = 0;

  /// The body is there as well; `respond` must be called, now or later.
  virtual void on_request(http_session& from) = 0;

  /// The body is over the limit, or will be; `respond` must be called.
  virtual void on_too_large(http_session& from);

  /// To be counted.
  virtual void tell(engineio::port_event) {}
};

struct http_limits {
  /// Also how long a connection may be idle between two requests.
  std::chrono::milliseconds header_timeout;
  std::size_t max_header; ///< also of what a body's chunks say beside the data
  std::size_t max_body;
  std::size_t max_url = max_header;
};

/// One HTTP/1.1 connection: reads one request, waits for its answer, writes it,
/// reads the next. Holds at most `max_header` and one read of what it has not
/// understood yet, whatever a client sends, and `max_body` of what it has.
/// Lives as long as an operation or somebody who owes it an answer refers to
/// it, and ends early when its connection is taken away.
class http_session final : public engineio::exchange,
                           public std::enable_shared_from_this<http_session> {
public:
  http_session(engineio::client_stream from, http_limits limits,
               std::shared_ptr<request_handler> handler);

  void start();

  // -- for the handler --------------------------------------------------------

  const request& message() const { return message_; }

  request& message() { return message_; }

  engineio::executor get_executor() { return socket_.get_executor(); }

  boost::asio::ip::address peer_address() const;

  bool is_encrypted() const { return socket_.is_encrypted(); }

  /// See `stream_socket`.
  std::shared_ptr<const engineio::client_certificate>
  certificate(certificate_name user) const {
    return socket_.certificate(user);
  }

  /// The body's length is known and over the limit: it will be refused.
  bool body_too_large() const;

  /// Or its client has gone.
  bool is_answered() const { return answered_; }

  bool has_body() const { return !framing_.is_empty(); }

  /// Adds header lines ("Name: value\r\n") to the answer of this request.
  void add_fields(std::string_view fields) { fields_ += fields; }

  /// Answers; the first answer counts.
  void respond(response x);
  void respond(unsigned status, std::string_view content_type,
               std::string body) override;

  /// The connection is closed after the answer.
  void close_after_answer() { keep_alive_ = false; }

  void watch(std::weak_ptr<engineio::exchange_owner> owner) override;

  /// Takes the connection away. Only from within `on_header`.
  engineio::client_stream release();

  /// Continues with this request on another loop, with its handler. Only from
  /// within `on_header`.
  void move_to(engineio::executor to, std::shared_ptr<request_handler> handler);

  /// Ends it.
  void on_out_of_memory();

private:
  using step = void (http_session::*)();

  /// What a deadline ends: whose fault that is depends on it.
  enum class wait : std::uint8_t {
    nothing,
    handshake,
    head, ///< or, where nothing of it is there, the next request
    body,
    answer, ///< to be taken
    goodbye ///< of a client that has been refused already
  };

  std::string_view unread() const;
  void read_more(std::size_t n, step next);
  void on_read(boost::system::error_code e, std::size_t n, step next);
  void on_handshake(boost::system::error_code e);
  void note_handshake(std::string_view why);
  void read_head();
  void take_head();
  unsigned parse_head(std::string_view head);
  void on_head();
  void read_body();
  void send_continue();
  void on_continued(boost::system::error_code e);
  void take_body();
  void on_body(request_body::status what);
  void refuse(unsigned status);
  void refuse_body();
  void note_refusal(unsigned status);
  void watch_peer();
  void on_readable();
  void abort();
  void write();
  void on_written(boost::system::error_code e);
  void linger();
  void discard();
  void close();
  void arm_deadline(wait what, std::chrono::milliseconds timeout);
  void disarm_deadline();
  void on_deadline();
  void note_timeout();

  engineio::stream_socket socket_;
  engineio::admission_slot slot_;
  engineio::steady_timer deadline_;
  boost::beast::flat_buffer buffer_; // at most: a head, and then body_read
  head_scanner scanner_{0};
  request_body body_;
  body_framing framing_;
  request message_;
  std::shared_ptr<request_handler> handler_;
  std::weak_ptr<engineio::exchange_owner> owner_;
  http_limits limits_;
  std::string head_;
  response answer_;
  std::string fields_;
  std::uint32_t requests_ = 0; ///< tells a wait of an earlier one apart
  wait waits_for_ = wait::nothing;
  bool answered_ = false;
  bool reading_ = false;  ///< bytes are being waited for
  bool writing_ = false;  ///< so that one write follows the other
  bool complete_ = false; ///< the request has been read to its end
  bool keep_alive_ = false;
};

} // namespace weir::http
