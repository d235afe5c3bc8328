#include "transport/auth/https_exchange.hpp"

#include "config/options.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <memory>

namespace weir::auth {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;

constexpr std::size_t max_header = 16 * kib;

/// One request. It lives in the handlers of what it waits for.
class exchange : public std::enable_shared_from_this<exchange> {
public:
  exchange(boost::asio::io_context& loop, ssl::context& context,
           https_request request, std::function<void(https_answer)> done)
    : resolver_(loop),
      stream_(beast::tcp_stream{loop}, context),
      timer_(loop),
      wanted_(std::move(request)),
      url_(wanted_.url),
      buffer_(2 * max_header + wanted_.max_answer),
      done_(std::move(done)) {}

  void start() {
    timer_.expires_after(wanted_.timeout);
    timer_.async_wait([me = shared_from_this()](beast::error_code e) {
      if (!e)
        me->finish("no answer in time");
    });
    if (!prepare_tls())
      return finish("the host's name cannot be checked");
    resolver_.async_resolve(url_.host, url_.port,
                            [me = shared_from_this()](beast::error_code e,
                                                      const auto& found) {
                              me->on_resolved(e, found);
                            });
  }

private:
  /// The server is told which of its names is meant, if it is one.
  bool prepare_tls() {
    beast::error_code e;
    boost::asio::ip::make_address(url_.host, e);
    if (e
        && SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str())
             != 1)
      return false;
    stream_.set_verify_mode(ssl::verify_peer);
    stream_.set_verify_callback(ssl::host_name_verification(url_.host));
    return true;
  }

  void on_resolved(beast::error_code e, const tcp::resolver::results_type& to) {
    if (!goes_on(e, "its address"))
      return;
    beast::get_lowest_layer(stream_).async_connect(
      to, [me = shared_from_this()](beast::error_code x, const auto&) {
        me->on_connected(x);
      });
  }

  void on_connected(beast::error_code e) {
    if (!goes_on(e, "connecting"))
      return;
    if (!url_.is_secure)
      on_secured({});
    else
      stream_.async_handshake(ssl::stream_base::client,
                              [me = shared_from_this()](beast::error_code x) {
                                me->on_secured(x);
                              });
  }

  void on_secured(beast::error_code e) {
    if (!goes_on(e, "TLS"))
      return;
    make_request();
    with_stream([this](auto& stream) {
      http::async_write(stream, request_,
                        [me = shared_from_this()](beast::error_code x,
                                                  std::size_t) {
                          me->on_written(x);
                        });
    });
  }

  void make_request() {
    auto is_post = !wanted_.body.empty();
    request_ = {is_post ? http::verb::post : http::verb::get, url_.target, 11};
    request_.set(http::field::host, url_.authority);
    request_.set(http::field::accept, "application/jwk-set+json, "
                                      "application/json");
    request_.set(http::field::user_agent, "weir");
    request_.set(http::field::connection, "close");
    for (auto& [name, value] : wanted_.fields)
      request_.set(name, value);
    request_.body() = std::move(wanted_.body);
    if (is_post)
      request_.prepare_payload();
  }

  template <class F>
  void with_stream(F use) {
    if (url_.is_secure)
      use(stream_);
    else
      use(beast::get_lowest_layer(stream_));
  }

  void on_written(beast::error_code e) {
    if (!goes_on(e, "asking"))
      return;
    parser_.header_limit(max_header);
    parser_.body_limit(wanted_.max_answer);
    with_stream([this](auto& stream) {
      http::async_read(stream, buffer_, parser_,
                       [me = shared_from_this()](
                         beast::error_code x, std::size_t) { me->on_read(x); });
    });
  }

  void on_read(beast::error_code e) {
    if (!goes_on(e, "its answer"))
      return;
    auto& x = parser_.get();
    if (x.result() != http::status::ok)
      return finish("it answered with status "
                    + std::to_string(x.result_int()));
    answer_.body = std::move(x.body());
    answer_.cache_control = x[http::field::cache_control];
    finish({});
  }

  bool goes_on(beast::error_code e, const char* at) {
    if (e)
      finish(std::string{at} + ": " + e.message());
    return !e;
  }

  /// The first one counts: closing the socket ends what is still waited for.
  void finish(std::string problem) {
    if (!done_)
      return;
    answer_.problem = std::move(problem);
    timer_.cancel();
    resolver_.cancel();
    beast::get_lowest_layer(stream_).close();
    std::exchange(done_, nullptr)(std::move(answer_));
  }

  tcp::resolver resolver_;
  ssl::stream<beast::tcp_stream> stream_;
  boost::asio::steady_timer timer_;
  https_request wanted_;
  const https_url& url_;
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
  https_answer answer_;
  std::function<void(https_answer)> done_;
};

} // namespace

void send_https(boost::asio::io_context& loop, ssl::context& context,
                https_request request, std::function<void(https_answer)> done) {
  std::make_shared<exchange>(loop, context, std::move(request), std::move(done))
    ->start();
}

ssl::context https_context(const std::string& ca) {
  ssl::context result{ssl::context::tls_client};
  result.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  if (ca.empty())
    result.set_default_verify_paths();
  else
    result.load_verify_file(ca);
  return result;
}

} // namespace weir::auth
