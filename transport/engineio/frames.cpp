#include "transport/engineio/frames.hpp"

#include <array>

namespace weir::engineio {

namespace {

constexpr std::size_t max_short = 125;
constexpr std::size_t max_medium = 0xFFFF;

void append_header(std::string& frames, opcode op, std::size_t size) {
  std::array<char, 10> header;
  std::size_t bytes_of_length = 0;
  header[0] = static_cast<char>(0x80U | static_cast<unsigned>(op));
  if (size <= max_short) {
    header[1] = static_cast<char>(size);
  } else {
    bytes_of_length = size <= max_medium ? 2 : 8;
    header[1] = bytes_of_length == 2 ? 126 : 127;
    for (std::size_t i = 0; i < bytes_of_length; ++i)
      header[2 + i]
        = static_cast<char>(size >> (8 * (bytes_of_length - 1 - i)) & 0xFF);
  }
  frames.append(header.data(), 2 + bytes_of_length);
}

} // namespace

void append_text_message(std::string& frames, std::string_view text) {
  append_packet(frames, packet_type::message, text);
}

void append_text_message(std::string& frames,
                         std::initializer_list<std::string_view> parts) {
  std::size_t size = 1;
  for (auto& x : parts)
    size += x.size();
  append_header(frames, opcode::text, size);
  frames += static_cast<char>(packet_type::message);
  for (auto& x : parts)
    frames += x;
}

void append_binary_message(std::string& frames, std::string_view bytes) {
  append_frame(frames, opcode::binary, bytes);
}

void append_packet(std::string& frames, packet_type type,
                   std::string_view data) {
  append_header(frames, opcode::text, data.size() + 1);
  frames += static_cast<char>(type);
  frames += data;
}

void append_frame(std::string& frames, opcode op, std::string_view bytes) {
  append_header(frames, op, bytes.size());
  frames += bytes;
}

frame_view next_frame(std::string_view frames) {
  auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(frames[i]);
  };
  std::size_t header = 2;
  std::size_t size = byte(1);
  if (size > max_short) {
    header += size == 126 ? 2 : 8;
    size = 0;
    for (std::size_t i = 2; i < header; ++i)
      size = size << 8 | byte(i);
  }
  return {static_cast<opcode>(byte(0) & 0x0FU), frames.substr(header, size),
          header + size};
}

} // namespace weir::engineio
