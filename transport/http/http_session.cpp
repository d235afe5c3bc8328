#include "transport/http/http_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace weir::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

using boost::system::error_code;

namespace {

/// Bytes that the system keeps for a client beyond what is on its way: what a
/// client does not read is to wait in its outbox, where it is counted and
/// bounded, and not in megabytes of socket buffers (tcp(7), TCP_NOTSENT_LOWAT).
using unsent_limit
  = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
constexpr int max_unsent = 128 * 1024;

/// A body must arrive at this many bytes per header timeout, at least.
constexpr std::size_t slowest_body = 64 * 1024;

/// What is read and thrown away behind an answer that ends the connection, so
/// that no reset overtakes the answer.
constexpr std::size_t discarded_at_once = 16 * 1024;

} // namespace

http_session::http_session(engineio::connection from, http_limits limits,
                           std::shared_ptr<request_handler> handler)
  : socket_(std::move(from.socket)),
    slot_(std::move(from.slot)),
    deadline_(socket_.get_executor()),
    handler_(std::move(handler)),
    limits_(limits) {
  error_code ignored;
  socket_.set_option(engineio::tcp::no_delay{true}, ignored);
  socket_.set_option(unsent_limit{max_unsent}, ignored);
  auto early = buffer_.prepare(from.early.size());
  buffer_.commit(asio::buffer_copy(early, asio::buffer(from.early)));
}

void http_session::start() {
  read_header();
}

std::string http_session::peer_address() const {
  error_code e;
  auto peer = socket_.remote_endpoint(e);
  return e ? std::string{} : peer.address().to_string();
}

bool http_session::body_too_large() const {
  return parser_->content_length().value_or(0) > limits_.max_body;
}

// -- reading ------------------------------------------------------------------

void http_session::read_header() {
  parser_ = std::make_unique<parser>();
  parser_->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(
    limits_.max_header, std::numeric_limits<std::uint32_t>::max())));
  parser_->body_limit(boost::none); // looked at when the header is there
  ++requests_;
  answered_ = false;
  complete_ = false;
  keep_alive_ = false;
  fields_.clear();
  owner_.reset();
  arm_deadline(limits_.header_timeout);
  beast::http::async_read_header(
    socket_, buffer_, *parser_,
    [me = shared_from_this()](error_code e, std::size_t) { me->on_header(e); });
}

void http_session::on_header(error_code e) {
  deadline_.cancel();
  if (e)
    refuse(e);
  else
    take_header();
}

void http_session::take_header() {
  keep_alive_ = parser_->keep_alive();
  complete_ = parser_->is_done();
  if (handler_->on_header(*this))
    read_body();
  else if (!answered_ && socket_.is_open())
    watch_peer();
}

void http_session::read_body() {
  if (body_too_large()) {
    respond({413, "text/html", {}});
    return;
  }
  parser_->body_limit(limits_.max_body);
  if (complete_) {
    on_body({});
    return;
  }
  if (beast::iequals(message()[beast::http::field::expect], "100-continue")) {
    error_code ignored;
    asio::write(socket_, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25),
                ignored);
  }
  reading_ = true;
  auto length = parser_->content_length().value_or(limits_.max_body);
  auto pieces = 1 + length / slowest_body;
  arm_deadline(limits_.header_timeout * static_cast<int>(pieces));
  beast::http::async_read(socket_, buffer_, *parser_,
                          [me = shared_from_this()](error_code e, std::size_t) {
                            me->on_body(e);
                          });
}

void http_session::on_body(error_code e) {
  reading_ = false;
  complete_ = !e;
  if (answered_) { // by the end of the session that the body was for
    if (head_.empty())
      linger();
    return;
  }
  deadline_.cancel();
  if (e) {
    auto owner = owner_.lock();
    if (owner && e == beast::http::error::body_limit)
      owner->on_refused(*this);
    else if (owner)
      owner->on_aborted(*this);
    refuse(e);
    return;
  }
  handler_->on_request(*this);
  if (!answered_)
    watch_peer();
}

void http_session::refuse(error_code e) {
  using beast::http::error;
  keep_alive_ = false;
  if (e == error::header_limit)
    respond({431, "text/html", {}});
  else if (e == error::body_limit)
    respond({413, "text/html", {}});
  else if (e.category()
             == beast::http::make_error_code(error::bad_method).category()
           && e != error::end_of_stream && e != error::partial_message)
    respond({400, "text/html", {}});
  else
    close();
}

void http_session::arm_deadline(std::chrono::milliseconds timeout) {
  deadline_.expires_after(timeout);
  deadline_.async_wait([me = weak_from_this()](error_code e) {
    auto self = me.lock();
    if (!e && self)
      self->close();
  });
}

// -- waiting ------------------------------------------------------------------

void http_session::watch(std::weak_ptr<engineio::exchange_owner> owner) {
  owner_ = std::move(owner);
}

/// Sees the client go away while its request waits for the answer.
void http_session::watch_peer() {
  if (buffer_.size() > 0)
    return; // a further request: the client is certainly there
  socket_.async_wait(engineio::tcp_socket::wait_read,
                     [me = weak_from_this(), n = requests_](error_code e) {
                       auto self = me.lock();
                       if (!e && self && !self->answered_
                           && self->requests_ == n)
                         self->on_readable();
                     });
}

void http_session::on_readable() {
  char byte = 0;
  error_code e;
  socket_.non_blocking(true, e);
  auto n = socket_.receive(asio::buffer(&byte, 1),
                           asio::socket_base::message_peek, e);
  if (e == asio::error::would_block)
    watch_peer();
  else if (e || n == 0)
    abort();
}

void http_session::abort() {
  answered_ = true;
  if (auto owner = owner_.lock())
    owner->on_aborted(*this);
  close();
}

// -- answering ----------------------------------------------------------------

void http_session::respond(unsigned status, std::string_view content_type,
                           std::string body) {
  respond({status, content_type, std::move(body)});
}

void http_session::respond(response x) {
  if (std::exchange(answered_, true) || !socket_.is_open())
    return;
  if (!complete_)
    keep_alive_ = false;
  write(std::move(x));
}

void http_session::write(response x) {
  head_ = head_of(x, keep_alive_, message().version(), fields_);
  body_ = std::move(x.body);
  auto has_body = message().method() != beast::http::verb::head;
  std::array<asio::const_buffer, 2> bytes{
    asio::buffer(head_),
    asio::buffer(body_.data(), has_body ? body_.size() : 0)};
  arm_deadline(limits_.header_timeout
               * static_cast<int>(1 + body_.size() / slowest_body));
  asio::async_write(socket_, bytes,
                    [me = shared_from_this()](error_code e, std::size_t) {
                      me->on_written(e);
                    });
}

void http_session::on_written(error_code e) {
  head_ = {};
  body_ = {};
  if (e)
    close();
  else if (keep_alive_ && complete_)
    read_header();
  else if (!reading_)
    linger();
}

void http_session::linger() {
  if (!socket_.is_open())
    return;
  error_code ignored;
  socket_.shutdown(engineio::tcp_socket::shutdown_send, ignored);
  arm_deadline(limits_.header_timeout);
  buffer_.clear();
  discard();
}

void http_session::discard() {
  socket_.async_read_some(buffer_.prepare(discarded_at_once),
                          [me = shared_from_this()](error_code e, std::size_t) {
                            if (e)
                              me->close();
                            else
                              me->discard();
                          });
}

void http_session::close() {
  error_code ignored;
  deadline_.cancel();
  socket_.close(ignored);
}

// -- moving -------------------------------------------------------------------

engineio::connection http_session::release() {
  answered_ = true;
  auto bytes = buffer_.data();
  std::string early{static_cast<const char*>(bytes.data()), bytes.size()};
  return {std::move(socket_), std::move(slot_), std::move(early)};
}

void http_session::move_to(engineio::executor to,
                           std::shared_ptr<request_handler> handler) {
  answered_ = true;
  error_code e;
  auto protocol = socket_.local_endpoint(e).protocol();
  auto descriptor = socket_.release(e);
  if (e)
    return;
  engineio::connection there{
    engineio::tcp_socket{to, protocol, descriptor}, std::move(slot_), {}};
  auto session = std::make_shared<http_session>(std::move(there), limits_,
                                                std::move(handler));
  session->parser_ = std::move(parser_);
  session->buffer_ = std::move(buffer_);
  asio::post(to, [session = std::move(session)] { session->take_header(); });
}

} // namespace weir::http
