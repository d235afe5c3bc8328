#pragma once

#include "transport/engineio/close_reason.hpp"
#include "transport/engineio/corked_stream.hpp"
#include "transport/engineio/packet.hpp"
#include "transport/engineio/websocket_decoder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace weir::engineio {

class websocket_transport;

/// What a WebSocket tells its session, from the loop and never from within a
/// call that the session makes.
class websocket_events {
public:
  /// Another frame has come, of whatever kind; what it says follows.
  virtual void on_websocket_frame() = 0;

  /// A packet, or null for bytes that are none; valid during the call.
  virtual void on_websocket_packet(websocket_transport& from, const packet* x)
    = 0;

  /// Some bytes have left.
  virtual void on_websocket_written(websocket_transport& from) = 0;

  /// Its bytes are no frames, or too many; `on_websocket_ended` follows.
  virtual void
  on_websocket_failed(websocket_transport& from, websocket_close code)
    = 0;

  /// Nothing more will be read. Comes once.
  virtual void
  on_websocket_ended(websocket_transport& from, close_reason reason)
    = 0;

  /// The socket is closed; comes after `on_websocket_ended`.
  virtual void on_websocket_gone(websocket_transport& from) = 0;

protected:
  ~websocket_events() = default;
};

/// The server's end of a WebSocket whose HTTP handshake has been read. While
/// nothing arrives it holds no buffer but a small one.
class websocket_transport final : public corked_stream {
public:
  /// `base64`: the client takes bytes as `b<base64>` only.
  websocket_transport(std::shared_ptr<loop> on, client_stream from, bool base64,
                      websocket_events& events);

  /// Sends the handshake's answer, before all frames, and begins to read.
  void start(std::string_view answer);

  void send(shared_frames frames);
  void send(std::string_view frames);
  void send(outbox&& frames);

  /// At most one read that has begun is still finished, and its bytes kept.
  void pause();
  void resume();

  /// Lets what is queued leave, then a close frame, and waits for the client's.
  void close(websocket_close code);

  /// Likewise, without waiting for anything.
  void close_at_once(websocket_close code);

  /// Closes the socket now.
  void kill();

  /// The session goes away: no more events.
  void forget() { events_ = nullptr; }

private:
  enum class phase : std::uint8_t {
    open,
    closing,  ///< our close frame is queued, the client's awaited
    draining, ///< likewise, but what the client sends is no longer understood
    finishing ///< both are there: closed as soon as ours is written
  };

  /// Most reads fit; a read that fills it resumes in the loop's buffer.
  static constexpr std::size_t small_read = 256;

  void do_read();
  void on_read(boost::system::error_code e, std::size_t n);
  void on_bytes_read(std::size_t n);
  std::size_t read_more(std::span<char> into);
  void on_bytes(std::span<char> bytes);
  void decode_kept();
  std::size_t decode(std::span<char> bytes);
  void on_frame(const websocket_decoder::result& x);
  void on_ping(std::string_view bytes);
  void on_text(std::string_view text);
  void finish(std::string_view close_bytes, close_reason reason);
  void end(close_reason reason);
  void append_transcoded(std::string_view frames);
  void on_written() override;
  void on_write_failed() override;
  void on_out_of_memory() override;

  std::shared_ptr<websocket_transport> self();

  websocket_events* events_;
  websocket_decoder decoder_;
  std::string kept_; ///< bytes that are not decoded yet
  phase phase_ = phase::open;
  bool base64_;
  bool paused_ = false;
  bool reading_ = false;
  bool ended_ = false;
  std::array<char, small_read> small_;
};

} // namespace weir::engineio
