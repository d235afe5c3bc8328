#pragma once

// Just enough of RFC 6455 for a load: whole frames under 64 KiB, no fragments.
//
//   0x81 | length (7 bits, or 126 and 16 bits; mask bit from the client)
//        | mask key (from the client; all zero, so that nothing need be masked)
//        | data

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::bench {

enum class frame_opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xA,
};

/// Appends a client's frame. Requires: `data` is under 64 KiB.
void append_frame(std::string& out, frame_opcode opcode, std::string_view data);

enum class frame_result { complete, incomplete, invalid };

struct frame {
  frame_opcode opcode = frame_opcode::text;
  std::string_view data;
};

/// Cuts a server's next frame off the front of `bytes`.
frame_result take_frame(std::string_view& bytes, frame& out);

} // namespace weir::bench
