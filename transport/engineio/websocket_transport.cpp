#include "transport/engineio/websocket_transport.hpp"

#include "config/base/base64.hpp"
#include "config/base/big_endian.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace weir::engineio {

namespace {

std::string status_bytes(websocket_close code) {
  std::string bytes;
  put_big_endian(bytes, static_cast<std::uint16_t>(code));
  return bytes;
}

} // namespace

websocket_transport::websocket_transport(std::shared_ptr<loop> on,
                                         client_stream from, bool base64,
                                         websocket_events& events)
  : corked_stream(std::move(on), std::move(from.socket), std::move(from.slot)),
    events_(&events),
    decoder_(on_loop().settings().engineio.max_payload),
    kept_(std::move(from.early)),
    base64_(base64) {
}

std::shared_ptr<websocket_transport> websocket_transport::self() {
  return std::static_pointer_cast<websocket_transport>(shared_from_this());
}

void websocket_transport::start(std::string_view answer) {
  append(answer);
  paused_ = true;
  resume();
}

// -- out ----------------------------------------------------------------------

void websocket_transport::send(shared_frames frames) {
  if (phase_ != phase::open)
    return;
  if (base64_)
    append_transcoded(*frames);
  else
    append(std::move(frames));
}

void websocket_transport::send(std::string_view frames) {
  if (phase_ != phase::open)
    return;
  if (base64_)
    append_transcoded(frames);
  else
    append(frames);
}

void websocket_transport::send(outbox&& frames) {
  if (phase_ != phase::open)
    return;
  if (!base64_) {
    append(std::move(frames));
    return;
  }
  while (!frames.empty()) {
    append_transcoded(frames.front());
    frames.consume(frames.front().size());
  }
}

void websocket_transport::append_transcoded(std::string_view frames) {
  std::string text;
  while (!frames.empty()) {
    auto frame = next_frame(frames);
    if (frame.op == opcode::binary) {
      std::string packet{'b'};
      append_base64(packet, frame.bytes);
      append_frame(text, opcode::text, packet);
    } else {
      text += frames.substr(0, frame.size);
    }
    frames.remove_prefix(frame.size);
  }
  append(std::string_view{text});
}

void websocket_transport::on_written() {
  if (events_ != nullptr)
    events_->on_websocket_written(*this);
  if (phase_ == phase::open || outbox_size() > 0)
    return;
  if (phase_ != phase::finishing)
    socket().shut_down_send();
  else
    kill();
}

void websocket_transport::on_write_failed() {
  end(close_reason::transport_error);
  kill();
}

void websocket_transport::on_out_of_memory() {
  on_loop().tell(port_event::out_of_memory);
  end(close_reason::transport_error);
  kill();
}

// -- in -----------------------------------------------------------------------

void websocket_transport::pause() {
  paused_ = true;
}

void websocket_transport::resume() {
  if (!std::exchange(paused_, false))
    return;
  // Not from within the session's call: the kept bytes may hold packets.
  boost::asio::post(on_loop().context(), [me = self()] {
    contain<corked_stream>(*me, [&] {
      me->decode_kept();
      me->do_read();
    });
  });
}

void websocket_transport::do_read() {
  if (reading_ || paused_ || !is_open())
    return;
  reading_ = true;
  socket().async_read_some(
    boost::asio::buffer(small_),
    [me = self()](boost::system::error_code e, std::size_t n) {
      contain<corked_stream>(*me, [&] { me->on_read(e, n); });
    });
}

void websocket_transport::on_read(boost::system::error_code e, std::size_t n) {
  reading_ = false;
  if (!e) {
    on_bytes_read(n);
    do_read();
    return;
  }
  end(e == boost::asio::error::eof ? close_reason::transport_close
                                   : close_reason::transport_error);
  kill();
}

void websocket_transport::on_bytes_read(std::size_t n) {
  if (paused_ || !kept_.empty()) {
    kept_.append(small_.data(), n);
    auto more = on_loop().read_buffer();
    if (n == small_.size() && !paused_)
      kept_.append(more.data(), read_more(more));
    decode_kept();
  } else if (n < small_.size()) {
    on_bytes({small_.data(), n});
  } else {
    auto all = on_loop().read_buffer();
    std::copy_n(small_.begin(), n, all.begin());
    on_bytes(all.first(n + read_more(all.subspan(n))));
  }
}

/// What else is there, without waiting. Errors come up again in the next read.
std::size_t websocket_transport::read_more(std::span<char> into) {
  boost::system::error_code ignored;
  // on a loop: the socket is non-blocking
  return socket().read_some(boost::asio::buffer(into.data(), into.size()),
                            ignored);
}

void websocket_transport::on_bytes(std::span<char> bytes) {
  auto rest = bytes.subspan(decode(bytes));
  kept_.assign(rest.data(), rest.size());
}

void websocket_transport::decode_kept() {
  auto n = decode({kept_.data(), kept_.size()});
  if (n == kept_.size())
    kept_ = {};
  else
    kept_.erase(0, n);
}

std::size_t websocket_transport::decode(std::span<char> bytes) {
  std::size_t used = 0;
  while (!paused_ && is_open() && phase_ <= phase::closing) {
    auto x = decoder_.next(bytes.subspan(used));
    if (x.what == websocket_decoder::status::incomplete)
      return used;
    used += x.consumed;
    if (events_ != nullptr)
      events_->on_websocket_frame(); // which may pause this
    on_frame(x);
  }
  return paused_ ? used : bytes.size();
}

void websocket_transport::on_frame(const websocket_decoder::result& x) {
  using status = websocket_decoder::status;
  if (x.what == status::failed) {
    if (events_ != nullptr)
      events_->on_websocket_failed(*this, x.code);
    finish(status_bytes(x.code), close_reason::transport_error);
  } else if (x.what == status::close)
    finish(x.bytes.substr(0, 2), close_reason::transport_close);
  else if (phase_ != phase::open)
    return; // closing: nobody listens any more
  else if (x.what == status::text)
    on_text(x.bytes);
  else if (x.what == status::ping) {
    on_ping(x.bytes);
  } else if (x.what == status::binary && events_ != nullptr) {
    packet message{packet_type::message, x.bytes, true};
    events_->on_websocket_packet(*this, &message);
  }
}

/// Not each ping needs a pong of its own (RFC 6455, 5.5.3), least of all when
/// the client does not read them.
void websocket_transport::on_ping(std::string_view bytes) {
  if (outbox_size() > on_loop().settings().limits.outbox)
    return;
  std::string pong;
  append_frame(pong, opcode::pong, bytes);
  append(std::string_view{pong});
}

void websocket_transport::on_text(std::string_view text) {
  auto x = parse_packet(text, on_loop().decoded());
  if (events_ != nullptr)
    events_->on_websocket_packet(*this, x ? &*x : nullptr);
}

// -- the end ------------------------------------------------------------------

void websocket_transport::close(websocket_close code) {
  if (phase_ != phase::open)
    return;
  std::string frame;
  append_frame(frame, opcode::close, status_bytes(code));
  append(std::string_view{frame});
  phase_ = phase::closing;
  resume();
}

void websocket_transport::close_at_once(websocket_close code) {
  close(code);
  flush();
  kill();
}

/// Answers the client's close frame, or what is no frame at all.
void websocket_transport::finish(std::string_view close_bytes,
                                 close_reason reason) {
  if (phase_ == phase::open) {
    std::string frame;
    append_frame(frame, opcode::close, close_bytes);
    append(std::string_view{frame});
  }
  // A client whose bytes make no sense may still be sending: were the socket
  // closed now, a reset would overtake our close frame.
  auto failed = reason == close_reason::transport_error;
  phase_ = failed ? phase::draining : phase::finishing;
  end(reason);
  if (phase_ == phase::finishing && outbox_size() == 0)
    kill();
}

void websocket_transport::end(close_reason reason) {
  if (!std::exchange(ended_, true) && events_ != nullptr)
    events_->on_websocket_ended(*this, reason);
}

void websocket_transport::kill() {
  close_socket();
  if (auto* events = std::exchange(events_, nullptr))
    events->on_websocket_gone(*this);
}

} // namespace weir::engineio
