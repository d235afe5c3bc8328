#include "tools/bench/load/websocket_frames.hpp"

namespace weir::bench {

namespace {

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_in_16_bits = 126;
constexpr std::uint8_t length_in_64_bits = 127;

} // namespace

void append_frame(std::string& out, frame_opcode opcode,
                  std::string_view data) {
  auto size = data.size();
  out += static_cast<char>(final_bit | static_cast<std::uint8_t>(opcode));
  if (size < length_in_16_bits) {
    out += static_cast<char>(mask_bit | size);
  } else {
    out += static_cast<char>(mask_bit | length_in_16_bits);
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size);
  }
  out.append(4, '\0');
  out += data;
}

frame_result take_frame(std::string_view& bytes, frame& out) {
  if (bytes.size() < 2)
    return frame_result::incomplete;
  auto byte = [bytes](std::size_t i) {
    return static_cast<std::uint8_t>(bytes[i]);
  };
  auto opcode = static_cast<frame_opcode>(byte(0) & 0x0F);
  if ((byte(0) & final_bit) == 0 || (byte(1) & mask_bit) != 0
      || opcode == frame_opcode::continuation || byte(1) == length_in_64_bits)
    return frame_result::invalid;
  std::size_t header = 2;
  std::size_t size = byte(1);
  if (size == length_in_16_bits) {
    if (bytes.size() < 4)
      return frame_result::incomplete;
    header = 4;
    size = std::size_t{byte(2)} << 8 | byte(3);
  }
  if (bytes.size() < header + size)
    return frame_result::incomplete;
  out = {opcode, bytes.substr(header, size)};
  bytes.remove_prefix(header + size);
  return frame_result::complete;
}

} // namespace weir::bench
