#include "transport/auth/https_stream.hpp"

#include "config/options/units.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/ssl.hpp>

#include <utility>

namespace weir::auth {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = boost::asio::ssl;
using clock = std::chrono::steady_clock;

constexpr std::size_t max_header = 16 * kib;

} // namespace

https_stream::https_stream(boost::asio::io_context& loop,
                           https_context_ptr context, https_url url,
                           std::chrono::milliseconds lifetime)
  : context_(std::move(context)),
    resolver_(loop),
    stream_(beast::tcp_stream{loop}, *context_),
    timer_(loop),
    url_(std::move(url)),
    lifetime_(lifetime) {
}

void https_stream::ask(https_request request, respond done) {
  wanted_ = std::move(request);
  done_ = std::move(done);
  is_written_ = false;
  set_timer(clock::now() + wanted_.timeout);
  if (is_old_)
    write();
  else
    open();
}

bool https_stream::is_idle() {
  error_code e;
  return is_open_ && !done_ && !parser_->got_some() && buffer_.size() == 0
         && beast::get_lowest_layer(stream_).socket().available(e) == 0 && !e;
}

/// A wait that was over before it was called off finds another time here.
void https_stream::set_timer(clock::time_point until) {
  timer_.expires_at(until);
  timer_.async_wait([me = shared_from_this()](error_code e) {
    if (!e && me->timer_.expiry() <= clock::now())
      me->finish({"no answer in time"});
  });
}

// -- opening it ---------------------------------------------------------------

/// The server is told which of its names is meant, if it is one.
bool https_stream::prepare_tls() {
  error_code e;
  boost::asio::ip::make_address(url_.host, e);
  if (e
      && SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str())
           != 1)
    return false;
  stream_.set_verify_mode(ssl::verify_peer);
  stream_.set_verify_callback(ssl::host_name_verification(url_.host));
  return true;
}

void https_stream::open() {
  end_ = clock::now() + lifetime_;
  is_open_ = true;
  if (!prepare_tls())
    return finish({"the host's name cannot be checked"});
  resolver_.async_resolve(
    url_.host, url_.port,
    [me = shared_from_this()](error_code e,
                              const tcp::resolver::results_type& found) {
      if (me->succeeded(e, "its address"))
        me->on_resolved(found);
    });
}

void https_stream::on_resolved(const tcp::resolver::results_type& to) {
  beast::get_lowest_layer(stream_).async_connect(
    to, [me = shared_from_this()](error_code e, const auto&) {
      if (me->succeeded(e, "connecting"))
        me->on_connected();
    });
}

void https_stream::on_connected() {
  if (!url_.is_secure)
    return write();
  stream_.async_handshake(ssl::stream_base::client,
                          [me = shared_from_this()](error_code e) {
                            if (me->succeeded(e, "TLS"))
                              me->write();
                          });
}

// -- a question ---------------------------------------------------------------

template <class F>
void https_stream::with_stream(F use) {
  if (url_.is_secure)
    use(stream_);
  else
    use(beast::get_lowest_layer(stream_));
}

void https_stream::write() {
  make_request();
  with_stream([this](auto& stream) {
    http::async_write(stream, request_,
                      [me = shared_from_this()](error_code e, std::size_t) {
                        if (!me->succeeded(e, "asking"))
                          return;
                        me->is_written_ = true;
                        if (!me->is_old_)
                          me->read();
                      });
  });
}

void https_stream::make_request() {
  auto is_post = !wanted_.body.empty();
  request_ = {is_post ? http::verb::post : http::verb::get, url_.target, 11};
  request_.set(http::field::host, url_.authority);
  request_.set(http::field::accept,
               "application/jwk-set+json, application/json");
  request_.set(http::field::user_agent, "weir");
  if (lifetime_.count() == 0)
    request_.set(http::field::connection, "close");
  for (auto& [name, value] : wanted_.fields)
    request_.set(name, value);
  request_.body() = std::move(wanted_.body);
  if (is_post)
    request_.prepare_payload();
}

// -- answers ------------------------------------------------------------------

void https_stream::read() {
  parser_.emplace();
  parser_->header_limit(max_header);
  parser_->body_limit(wanted_.max_answer);
  buffer_.max_size(2 * max_header + wanted_.max_answer);
  with_stream([this](auto& stream) {
    http::async_read(stream, buffer_, *parser_,
                     [me = shared_from_this()](error_code e, std::size_t) {
                       me->on_read(e);
                     });
  });
}

void https_stream::on_read(error_code e) {
  if (!done_) // nobody has asked: the server has ended it, or says something
    return close();
  if (succeeded(e, "its answer"))
    take_answer();
}

void https_stream::take_answer() {
  auto& x = parser_->get();
  https_answer answer;
  answer.status = x.result_int();
  answer.retry_after = x[http::field::retry_after];
  if (x.result() != http::status::ok) {
    answer.problem = "it answered with status " + std::to_string(answer.status);
    return finish(std::move(answer));
  }
  answer.body = std::move(x.body());
  answer.cache_control = x[http::field::cache_control];
  auto done = std::exchange(done_, nullptr);
  if (can_be_kept()) {
    is_old_ = true;
    set_timer(end_);
    read();
  } else {
    close();
  }
  done(*this, std::move(answer));
}

bool https_stream::can_be_kept() {
  return is_written_ && parser_->keep_alive() && buffer_.size() == 0
         && clock::now() < end_;
}

// -- its end ------------------------------------------------------------------

bool https_stream::succeeded(error_code e, const char* at) {
  if (e && is_open_)
    finish({std::string{at} + ": " + e.message()});
  return !e && is_open_;
}

/// Whoever waits for an answer gets none.
void https_stream::finish(https_answer answer) {
  answer.was_stale = is_old_ && !parser_->got_some()
                     && timer_.expiry() > clock::now();
  close();
  if (auto done = std::exchange(done_, nullptr))
    done(*this, std::move(answer));
}

/// What is still waited for ends with that.
void https_stream::close() {
  is_open_ = false;
  timer_.cancel();
  resolver_.cancel();
  beast::get_lowest_layer(stream_).close();
}

} // namespace weir::auth
