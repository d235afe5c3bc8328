#pragma once

#include "transport/engineio/connection.hpp"
#include "transport/engineio/exchange.hpp"
#include "transport/http/response.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
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
};

struct http_limits {
  /// Also how long a connection may be idle between two requests.
  std::chrono::milliseconds header_timeout;
  std::size_t max_header;
  std::size_t max_body;
};

/// One HTTP/1.1 connection: reads one request, waits for its answer, writes it,
/// reads the next. Lives as long as an operation or somebody who owes it an
/// answer refers to it, and ends early when its connection is taken away.
class http_session final : public engineio::exchange,
                           public std::enable_shared_from_this<http_session> {
public:
  http_session(engineio::connection from, http_limits limits,
               std::shared_ptr<request_handler> handler);

  void start();

  // -- for the handler --------------------------------------------------------

  const request& message() const { return parser_->get(); }

  request& message() { return parser_->get(); }

  engineio::executor get_executor() { return socket_.get_executor(); }

  std::string peer_address() const;

  /// The body's length is told and over the limit: it will be refused.
  bool body_too_large() const;

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
  engineio::connection release();

  /// Goes on with this request on another loop, with its handler. Only from
  /// within `on_header`.
  void move_to(engineio::executor to, std::shared_ptr<request_handler> handler);

private:
  using parser
    = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void read_header();
  void on_header(boost::system::error_code e);
  void take_header();
  void read_body();
  void on_body(boost::system::error_code e);
  void refuse(boost::system::error_code e);
  void watch_peer();
  void on_readable();
  void abort();
  void write(response x);
  void on_written(boost::system::error_code e);
  void linger();
  void discard();
  void close();
  void arm_deadline(std::chrono::milliseconds timeout);

  engineio::tcp_socket socket_;
  engineio::connection_slot slot_;
  engineio::steady_timer deadline_;
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<parser> parser_;
  std::shared_ptr<request_handler> handler_;
  std::weak_ptr<engineio::exchange_owner> owner_;
  http_limits limits_;
  std::string head_;
  std::string body_;
  std::string fields_;
  std::uint32_t requests_ = 0; ///< tells a wait of an earlier one apart
  bool answered_ = false;
  bool reading_ = false;  ///< the body
  bool complete_ = false; ///< the request has been read to its end
  bool keep_alive_ = false;
};

} // namespace weir::http
