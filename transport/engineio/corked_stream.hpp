#pragma once

#include "transport/engineio/client_stream.hpp"
#include "transport/engineio/loop.hpp"
#include "transport/engineio/outbox.hpp"
#include "transport/engineio/stream_socket.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace weir::engineio {

/// A stream that sends what was appended during one turn of the loop with
/// one gather write. As only whole frames are appended, the WebSocket's own
/// frames (pong, close) and the owner's never interleave.
/// Lives as long as somebody or a pending operation refers to it.
class corked_stream : public flushable,
                      public std::enable_shared_from_this<corked_stream> {
public:
  virtual ~corked_stream() = default;

  /// Bytes queued or being written.
  std::size_t outbox_size() const { return outbox_.size(); }

  /// How many writes were made.
  std::size_t writes() const { return writes_; }

  bool is_open() const { return socket_.is_open(); }

protected:
  corked_stream(std::shared_ptr<loop> on, stream_socket socket,
                admission_slot slot);

  /// Queues whole frames; they leave at the end of this turn.
  template <class Frames>
  void append(Frames&& frames) {
    if (!socket_.is_open())
      return;
    outbox_.append(std::forward<Frames>(frames));
    cork();
  }

  /// Some bytes have left.
  virtual void on_written() = 0;

  /// The stream is broken, and closed.
  virtual void on_write_failed() = 0;

  /// Closes the socket and drops what is queued.
  void close_socket();

  loop& on_loop() { return *loop_; }

  void flush() override;

  stream_socket& socket() { return socket_; }

private:
  void cork();
  std::size_t write_some(boost::system::error_code& e);

  std::shared_ptr<loop> loop_;
  stream_socket socket_;
  admission_slot slot_;
  outbox outbox_;
  std::uint32_t writes_ = 0;
  bool corked_ = false; ///< `flush` will be called, or the socket is full
};

} // namespace weir::engineio
