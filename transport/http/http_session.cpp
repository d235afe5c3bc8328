#include "transport/http/http_session.hpp"

#include "config/log.hpp"
#include "transport/engineio/client_fault.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>

#include <netinet/tcp.h>

#include <algorithm>
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

/// A read of a head, at least, and of a body.
constexpr std::size_t smallest_read = 512;
constexpr std::size_t body_read = 16 * 1024;

constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

/// Why a request is refused before anybody has looked at it, for people.
std::string refusal_of(unsigned status, const http_limits& x) {
  if (status == 414)
    return "a URL has at most " + std::to_string(x.max_url) + " bytes here\n";
  if (status == 431)
    return "a request's head has at most " + std::to_string(x.max_header)
           + " bytes here\n";
  return "this is no request of HTTP/1.1\n";
}

} // namespace

void request_handler::on_too_large(http_session& from) {
  from.respond({413, "text/html", {}});
}

http_session::http_session(engineio::client_stream from, http_limits limits,
                           std::shared_ptr<request_handler> handler)
  : socket_(std::move(from.socket)),
    slot_(std::move(from.slot)),
    deadline_(socket_.get_executor()),
    handler_(std::move(handler)),
    limits_(limits) {
  error_code ignored;
  socket_.tcp().set_option(engineio::tcp::no_delay{true}, ignored);
  socket_.tcp().set_option(unsent_limit{max_unsent}, ignored);
  auto early = buffer_.prepare(from.early.size());
  buffer_.commit(asio::buffer_copy(early, asio::buffer(from.early)));
}

void http_session::start() {
  engineio::contain(*this, [this] {
    if (!socket_.is_encrypted())
      return read_head();
    arm_deadline(wait::handshake, limits_.header_timeout);
    socket_.async_handshake([me = shared_from_this()](error_code e) {
      engineio::contain(*me, [&] { me->on_handshake(e); });
    });
  });
}

void http_session::on_handshake(error_code e) {
  if (!e)
    return read_head();
  // An aborted one is over time and has been noted.
  if (e != asio::error::operation_aborted && e != asio::error::eof)
    note_handshake(socket_.why());
  close();
}

void http_session::note_handshake(std::string_view why) {
  handler_->tell(engineio::port_event::tls_failed);
  auto from = peer_address().to_string();
  auto key = from + ' ' + std::string{why}; // one fault hides no other
  log::limited(log_level::warning, "a TLS handshake failed", key,
               {{"from", from}, {"why", why}});
}

asio::ip::address http_session::peer_address() const {
  error_code e;
  auto peer = socket_.tcp().remote_endpoint(e);
  return e ? asio::ip::address{} : peer.address();
}

bool http_session::body_too_large() const {
  return framing_.length > limits_.max_body;
}

void http_session::on_out_of_memory() {
  handler_->tell(engineio::port_event::out_of_memory);
  abort();
}

// -- reading ------------------------------------------------------------------

std::string_view http_session::unread() const {
  auto bytes = buffer_.data();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

void http_session::read_more(std::size_t n, step next) {
  reading_ = true;
  socket_.async_read_some(buffer_.prepare(n), [me = shared_from_this(), next](
                                                error_code e, std::size_t got) {
    engineio::contain(*me, [&] { me->on_read(e, got, next); });
  });
}

void http_session::on_read(error_code e, std::size_t n, step next) {
  reading_ = false;
  buffer_.commit(n);
  if (!answered_ && !e)
    (this->*next)();
  else if (!answered_)
    abort();
  else if (!writing_) // by the end of the session that the body was for
    discard();
}

void http_session::read_head() {
  message_ = {};
  scanner_ = head_scanner{limits_.max_header};
  ++requests_;
  answered_ = false;
  complete_ = false;
  keep_alive_ = false;
  fields_.clear();
  owner_.reset();
  if (buffer_.size() == 0)
    buffer_.shrink_to_fit(); // it may be idle for long
  arm_deadline(wait::head, limits_.header_timeout);
  take_head();
}

void http_session::take_head() {
  using status = head_scanner::status;
  auto what = scanner_.scan(unread());
  if (what == status::incomplete) {
    auto rest = limits_.max_header - buffer_.size() + 1; // to see too many
    auto spare = buffer_.capacity() - buffer_.size();
    return read_more(std::min(std::max(spare, smallest_read), rest),
                     &http_session::take_head);
  }
  disarm_deadline();
  if (what != status::complete)
    return refuse(what == status::too_large ? 431 : 400);
  auto head = unread().substr(0, scanner_.size());
  if (auto refusal = parse_head(head); refusal != 0)
    return refuse(refusal);
  buffer_.consume(head.size());
  on_head();
}

/// 0, or the status of a refusal.
unsigned http_session::parse_head(std::string_view head) {
  auto verdict = judge_head(head);
  if (verdict.status != 0)
    return verdict.status;
  beast::http::request_parser<beast::http::string_body> parser;
  parser.header_limit(std::numeric_limits<std::uint32_t>::max()); // looked at
  parser.body_limit(boost::none); // looked at when the head is there
  error_code e;
  parser.put(asio::buffer(head), e);
  if (e || !parser.is_header_done())
    return 400;
  if (parser.get().target().size() > limits_.max_url)
    return 414;
  keep_alive_ = parser.keep_alive();
  framing_ = verdict.body;
  complete_ = framing_.is_empty();
  message_ = parser.release();
  return 0;
}

void http_session::on_head() {
  if (handler_->on_header(*this))
    read_body();
  else if (!answered_ && socket_.is_open())
    watch_peer();
}

void http_session::read_body() {
  if (body_too_large())
    return refuse_body();
  body_ = {framing_, limits_.max_body, limits_.max_header};
  auto length = framing_.chunked ? limits_.max_body : framing_.length;
  arm_deadline(wait::body, limits_.header_timeout
                             * static_cast<int>(1 + length / slowest_body));
  auto waits = message_.version() == 11
               && beast::iequals(message_[beast::http::field::expect],
                                 "100-continue");
  if (waits && !complete_ && buffer_.size() == 0)
    send_continue();
  else
    take_body();
}

void http_session::send_continue() {
  writing_ = true;
  asio::async_write(socket_, asio::buffer(continue_line),
                    [me = shared_from_this()](error_code e, std::size_t) {
                      engineio::contain(*me, [&] { me->on_continued(e); });
                    });
}

void http_session::on_continued(error_code e) {
  writing_ = false;
  if (e)
    abort();
  else if (answered_)
    write();
  else
    take_body();
}

void http_session::take_body() {
  auto [what, consumed] = body_.take(unread(), message_.body());
  buffer_.consume(consumed);
  if (what == request_body::status::incomplete)
    read_more(body_read, &http_session::take_body);
  else
    on_body(what);
}

void http_session::on_body(request_body::status what) {
  using status = request_body::status;
  disarm_deadline();
  if (what == status::too_large)
    return refuse_body();
  if (what != status::complete) {
    if (auto owner = owner_.lock())
      owner->on_aborted(*this);
    return refuse(what == status::bad ? 400 : 431);
  }
  complete_ = true;
  handler_->on_request(*this);
  if (!answered_)
    watch_peer();
}

void http_session::refuse_body() {
  note_refusal(413);
  handler_->on_too_large(*this);
}

/// Nobody knows where the next request would begin.
void http_session::refuse(unsigned status) {
  note_refusal(status);
  keep_alive_ = false;
  respond({status, "text/plain", refusal_of(status, limits_)});
}

void http_session::note_refusal(unsigned status) {
  handler_->tell(engineio::port_event::request_refused);
  auto from = peer_address().to_string();
  log::limited(log_level::warning, "a request was refused", from,
               {{"from", from},
                {"status", status},
                {"max_header", limits_.max_header},
                {"max_url", limits_.max_url},
                {"max_body", limits_.max_body},
                {"do", "look at who sends it; of clients, server.max_header, "
                       "max_url and engineio.max_payload are the limits, of "
                       "operators they are fixed"}});
}

// -- what takes too long ------------------------------------------------------

void http_session::arm_deadline(wait what, std::chrono::milliseconds timeout) {
  waits_for_ = what;
  deadline_.expires_after(timeout);
  deadline_.async_wait([me = weak_from_this()](error_code e) {
    auto self = me.lock();
    if (!e && self)
      engineio::contain(*self, [&] { self->on_deadline(); });
  });
}

void http_session::disarm_deadline() {
  waits_for_ = wait::nothing;
  deadline_.cancel();
}

void http_session::on_deadline() {
  // What has been waited for may have come in the same turn of the loop.
  if (waits_for_ == wait::nothing
      || deadline_.expiry() > std::chrono::steady_clock::now())
    return;
  note_timeout();
  close();
}

void http_session::note_timeout() {
  using engineio::port_event;
  auto note = [this](port_event what, std::string_view why) {
    engineio::note_fault([this](port_event x) { handler_->tell(x); }, what,
                         peer_address().to_string(), why);
  };
  switch (waits_for_) {
    case wait::handshake:
      return note_handshake("it is not complete within server.header_timeout");
    case wait::head: // nobody is obliged to ask for something more
      if (buffer_.size() > 0)
        note(port_event::head_failed, "a request's head is not complete");
      return;
    case wait::body:
      return note(port_event::body_failed, "a request's body comes slowly");
    case wait::answer:
      return note(port_event::answer_failed, "an answer is taken slowly");
    case wait::nothing:
    case wait::goodbye:
      return;
  }
}

} // namespace weir::http
