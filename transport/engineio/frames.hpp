#pragma once

// The one form in which packets wait for a client: server-to-client WebSocket
// frames (RFC 6455, 5.2; unmasked, unfragmented), ready to be written. A text
// frame holds one Engine.IO packet (type digit and data), a binary frame the
// bytes of one message packet. The polling transport turns them into a payload.
//
//   0x81 <len> <type digit><data>        0x82 <len> <bytes>
//   <len>: 1 byte up to 125, or 126 and 2 bytes, or 127 and 8 bytes

#include "transport/engineio/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace weir::engineio {

/// Frames encoded once and shared by all who receive them.
using shared_frames = std::shared_ptr<const std::string>;

/// Appends a message packet with text: one frame of "4" + `text`.
void append_text_message(std::string& frames, std::string_view text);

/// Likewise, of a text in parts.
void append_text_message(std::string& frames,
                         std::initializer_list<std::string_view> parts);

/// Appends a message packet with bytes.
void append_binary_message(std::string& frames, std::string_view bytes);

/// Appends any packet as one text frame.
void append_packet(std::string& frames, packet_type type,
                   std::string_view data = {});

// -- below packets: frames of the WebSocket itself ----------------------------

enum class opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xA,
};

/// Appends one whole frame.
void append_frame(std::string& frames, opcode op, std::string_view bytes);

/// A frame cut off by `next_frame`.
struct frame_view {
  opcode op;
  std::string_view bytes;
  std::size_t size; ///< of the frame, with its header
};

/// The first of the frames. Requires: `frames` begins with a whole frame that
/// this file has written.
frame_view next_frame(std::string_view frames);

} // namespace weir::engineio
