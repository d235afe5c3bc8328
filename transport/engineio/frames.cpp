#include "transport/engineio/frames.hpp"

#include "config/base/big_endian.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace weir::engineio {

namespace {

constexpr std::size_t max_short = 125;
constexpr std::size_t max_medium = 0xFFFF;

constexpr std::size_t max_header = 10;

constexpr std::size_t header_size(std::size_t size) {
  return size <= max_short ? 2 : size <= max_medium ? 4 : max_header;
}

/// Writes the header; returns the end.
char* put_header(char* to, opcode op, std::size_t size) {
  *to++ = static_cast<char>(0x80U | static_cast<unsigned>(op));
  if (size <= max_short) {
    *to++ = static_cast<char>(size);
    return to;
  }
  auto is_medium = size <= max_medium;
  *to++ = is_medium ? 126 : 127;
  return is_medium ? write_big_endian(to, static_cast<std::uint16_t>(size))
                   : write_big_endian(to, std::uint64_t{size});
}

void append_header(std::string& frames, opcode op, std::size_t size) {
  std::array<char, max_header> header;
  frames.append(header.data(), put_header(header.data(), op, size));
}

} // namespace

void append_text_message(std::string& frames, std::string_view text) {
  append_packet(frames, packet_type::message, text);
}

// Grows the text once: this is what each event takes for each socket that can
// come back.
void append_text_message(std::string& frames,
                         std::initializer_list<std::string_view> parts) {
  std::size_t size = 1;
  for (auto& x : parts)
    size += x.size();
  auto before = frames.size();
  frames.resize(before + header_size(size) + size);
  auto* to = put_header(frames.data() + before, opcode::text, size);
  *to++ = static_cast<char>(packet_type::message);
  for (auto& x : parts)
    to = std::copy(x.begin(), x.end(), to);
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
  assert(frames.size() >= 2);
  auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(frames[i]);
  };
  std::size_t header = 2;
  std::size_t size = byte(1);
  if (size > max_short) {
    header += size == 126 ? 2 : 8;
    size = from_big_endian<std::uint64_t>(frames.substr(2, header - 2));
  }
  return {static_cast<opcode>(byte(0) & 0x0FU), frames.substr(header, size),
          header + size};
}

} // namespace weir::engineio
