#pragma once

#include "transport/auth/https_exchange.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <optional>

namespace weir::auth {

/// A connection to one server, which is asked one question at a time. It lives
/// in the handlers of what it waits for.
class https_stream : public std::enable_shared_from_this<https_stream> {
public:
  /// Exactly once for each question. Whether the connection `is_idle` again
  /// is known by then.
  using respond = std::function<void(https_stream&, https_answer)>;

  /// `lifetime`: so long after it was opened it serves for further questions;
  /// 0: for one.
  https_stream(boost::asio::io_context& loop, https_context_ptr context,
               https_url url, std::chrono::milliseconds lifetime);

  /// Requires: it is new, or idle; the URL and `max_answer` are those of the
  /// first question.
  void ask(https_request request, respond done);

  /// Whether it can be asked again. A server that says something before it is
  /// asked, or more than an answer, is not: that would be the next answer.
  bool is_idle();

private:
  using error_code = boost::system::error_code;
  using tcp = boost::asio::ip::tcp;

  void set_timer(std::chrono::steady_clock::time_point until);
  bool prepare_tls();
  void open();
  void on_resolved(const tcp::resolver::results_type& to);
  void on_connected();
  void write();
  void make_request();
  void read();
  void on_read(error_code e);
  void take_answer();
  bool can_be_kept();
  bool succeeded(error_code e, const char* at);
  void finish(https_answer answer);
  void close();

  template <class F>
  void with_stream(F use);

  const https_context_ptr context_; ///< of `stream_`
  tcp::resolver resolver_;
  boost::asio::ssl::stream<boost::beast::tcp_stream> stream_;
  boost::asio::steady_timer timer_; ///< until the answer, or the end
  const https_url url_;
  const std::chrono::milliseconds lifetime_;
  std::chrono::steady_clock::time_point end_{};
  https_request wanted_;
  boost::beast::http::request<boost::beast::http::string_body> request_;
  std::optional<
    boost::beast::http::response_parser<boost::beast::http::string_body>>
    parser_; ///< of the answer that is read, maybe before it is asked for
  boost::beast::flat_buffer buffer_;
  respond done_; ///< null: it is idle, or has ended
  bool is_open_ = false;
  bool is_old_ = false;     ///< it has answered before
  bool is_written_ = false; ///< the question has left
};

} // namespace weir::auth
