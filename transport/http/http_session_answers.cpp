// What becomes of a request that has been read: the second half of
// http_session.cpp.

#include "transport/http/http_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace weir::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

using boost::system::error_code;

namespace {

/// An answer must be taken at this many bytes per header timeout, at least.
constexpr std::size_t slowest_answer = 64 * 1024;

/// What is thrown away at once behind an answer that ends the connection, so
/// that no reset overtakes it.
constexpr std::size_t discarded_at_once = 16 * 1024;

} // namespace

// -- waiting ------------------------------------------------------------------

void http_session::watch(std::weak_ptr<engineio::exchange_owner> owner) {
  owner_ = std::move(owner);
}

/// Sees the client go away while its request waits for the answer.
void http_session::watch_peer() {
  if (buffer_.size() > 0)
    return; // a further request: the client is certainly there
  socket_.async_wait_to_read(
    [me = weak_from_this(), n = requests_](error_code e) {
      auto self = me.lock();
      if (!e && self && !self->answered_ && self->requests_ == n)
        engineio::contain(*self, [&] { self->on_readable(); });
    });
}

void http_session::on_readable() {
  error_code e;
  auto n = socket_.peek(e);
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
  head_ = head_of(x, keep_alive_, message_.version(), fields_);
  answer_ = std::move(x);
  if (!writing_)
    write();
}

void http_session::write() {
  writing_ = true;
  auto content = answer_.content();
  if (message_.method() == beast::http::verb::head)
    content = {};
  std::array<asio::const_buffer, 2> bytes{asio::buffer(head_),
                                          asio::buffer(content)};
  arm_deadline(wait::answer,
               limits_.header_timeout
                 * static_cast<int>(1 + content.size() / slowest_answer));
  asio::async_write(socket_, bytes,
                    [me = shared_from_this()](error_code e, std::size_t) {
                      engineio::contain(*me, [&] { me->on_written(e); });
                    });
}

void http_session::on_written(error_code e) {
  writing_ = false;
  head_ = {};
  answer_ = {};
  if (e)
    close();
  else if (keep_alive_ && complete_)
    read_head();
  else
    linger();
}

void http_session::linger() {
  if (!socket_.is_open())
    return;
  socket_.shut_down_send();
  arm_deadline(wait::goodbye, limits_.header_timeout);
  if (!reading_)
    discard();
}

void http_session::discard() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(discarded_at_once),
                          [me = shared_from_this()](error_code e, std::size_t) {
                            engineio::contain(*me, [&] {
                              if (e)
                                me->close();
                              else
                                me->discard();
                            });
                          });
}

void http_session::close() {
  disarm_deadline();
  socket_.close();
}

// -- moving -------------------------------------------------------------------

engineio::client_stream http_session::release() {
  answered_ = true;
  return {std::move(socket_), std::move(slot_), std::string{unread()}};
}

void http_session::move_to(engineio::executor to,
                           std::shared_ptr<request_handler> handler) {
  answered_ = true;
  auto socket = socket_.move_to(to);
  if (!socket)
    return;
  engineio::client_stream there{std::move(*socket), std::move(slot_), {}};
  auto session = std::make_shared<http_session>(std::move(there), limits_,
                                                std::move(handler));
  session->message_ = std::move(message_);
  session->framing_ = framing_;
  session->keep_alive_ = keep_alive_;
  session->complete_ = complete_;
  session->buffer_ = std::move(buffer_);
  asio::post(to, [session = std::move(session)] {
    engineio::contain(*session, [&] { session->on_head(); });
  });
}

} // namespace weir::http
