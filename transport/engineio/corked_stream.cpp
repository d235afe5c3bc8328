#include "transport/engineio/corked_stream.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace weir::engineio {

corked_stream::corked_stream(std::shared_ptr<loop> on, stream_socket socket,
                             admission_slot slot)
  : loop_(std::move(on)), socket_(std::move(socket)), slot_(std::move(slot)) {
}

void corked_stream::cork() {
  if (corked_ || outbox_.empty())
    return;
  corked_ = true;
  loop_->flush_later(shared_from_this());
}

// Writes at once, since a socket is seldom full; waits only when it is.
void corked_stream::flush() {
  corked_ = false;
  boost::system::error_code e;
  while (!outbox_.empty() && !e) {
    outbox_.consume(write_some(e));
    ++writes_;
  }
  if (e == boost::asio::error::would_block) {
    corked_ = true;
    socket_.async_wait_to_write([self = shared_from_this()](auto) {
      contain(*self, [&] { self->flush(); });
    });
  } else if (e) {
    close_socket();
    on_write_failed();
    return;
  }
  on_written();
}

// Most is one piece, for which the system has a call of its own.
std::size_t corked_stream::write_some(boost::system::error_code& e) {
  if (outbox_.is_one_piece()) {
    auto all = outbox_.front();
    // on a loop: the socket is non-blocking, what does not fit waits
    return socket_.write_some(boost::asio::buffer(all.data(), all.size()), e);
  }
  outbox::buffers pieces;
  // on a loop: likewise
  return socket_.write_some(outbox_.gather(pieces), e);
}

void corked_stream::close_socket() {
  socket_.close();
  outbox_.clear();
}

} // namespace weir::engineio
