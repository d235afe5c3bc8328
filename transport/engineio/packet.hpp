#pragma once

// One Engine.IO packet, as text:   <type digit>[<data>]   or   b<base64>
// (the latter: a message packet with bytes; on a WebSocket it may also come as
// a binary frame of the bytes alone).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::engineio {

enum class packet_type : char {
  open = '0',
  close = '1',
  ping = '2',
  pong = '3',
  message = '4',
  upgrade = '5',
  noop = '6',
};

struct packet {
  packet_type type;
  std::string_view data;
  bool binary = false; ///< a message with bytes
};

/// Nothing: not a packet. The bytes of `b<base64>` are decoded into `bytes`,
/// which `packet::data` then refers to; otherwise it refers to `text`.
std::optional<packet> parse_packet(std::string_view text, std::string& bytes);

} // namespace weir::engineio
