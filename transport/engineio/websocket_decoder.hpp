#pragma once

// Cuts what a client sends over a WebSocket into messages (RFC 6455, 5.2):
//
//   1 fin, 3 reserved, 4 opcode | 1 mask (always set), 7 length |
//   [2 or 8 bytes of length] | 4 bytes of mask | <length> masked bytes
//
// No I/O and no buffer of its own but for messages in fragments: it works in
// the bytes it is given, in place.

#include "transport/engineio/frames.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace weir::engineio {

/// Status codes of a WebSocket's close frame that this server sends.
enum class websocket_close : std::uint16_t {
  going_away = 1001, ///< not 1000: there are clients to whom that is final
  protocol_error = 1002,
  bad_utf8 = 1007,
  too_big = 1009,
};

class websocket_decoder {
public:
  enum class status : std::uint8_t {
    incomplete, ///< the frame is not all there: `needed` bytes would be
    skipped,    ///< a frame that says nothing by itself
    text,       ///< a whole message, valid UTF-8
    binary,     ///< a whole message
    ping,       ///< to be answered by a pong with the same bytes
    close,      ///< with the status code, if any, and the reason
    failed,     ///< close with `code`
  };

  struct result {
    status what = status::incomplete;
    std::string_view bytes = {}; ///< valid until the next call
    std::size_t consumed = 0;    ///< of the input
    std::size_t needed = 0;      ///< of `incomplete`: the input's size at least
    websocket_close code = websocket_close::protocol_error; ///< of `failed`
  };

  explicit websocket_decoder(std::size_t max_message)
    : max_message_(max_message) {}

  /// Takes the first frame of `input`, whose bytes are unmasked in place.
  result next(std::span<char> input);

private:
  struct header;

  /// A message of which some frames are there.
  struct fragments {
    opcode op;
    std::string bytes;
  };

  result on_data(const header& head, std::string_view bytes);
  result on_control(const header& head, std::string_view bytes);
  result on_message(opcode op, std::string_view bytes);
  static result fail(websocket_close code);

  std::size_t max_message_;
  std::unique_ptr<fragments> fragments_;
  bool fragments_done_ = false; ///< delivered; to be let go at the next call
};

} // namespace weir::engineio
