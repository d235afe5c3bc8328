#include "transport/engineio/websocket_decoder.hpp"

#include "config/base/big_endian.hpp"
#include "config/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace weir::engineio {

namespace {

constexpr std::size_t mask_size = 4;
constexpr std::uint64_t max_control = 125;

using mask_bytes = std::array<char, mask_size>;

/// Eight bytes at a time; they need not be aligned.
void unmask(std::span<char> bytes, const mask_bytes& mask) {
  std::uint64_t key = 0;
  std::memcpy(&key, mask.data(), mask_size);
  std::memcpy(reinterpret_cast<char*>(&key) + mask_size, mask.data(),
              mask_size);
  std::size_t i = 0;
  for (std::uint64_t word = 0; i + sizeof(word) <= bytes.size();
       i += sizeof(word)) {
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    word ^= key;
    std::memcpy(bytes.data() + i, &word, sizeof(word));
  }
  for (; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(bytes[i] ^ mask[i % mask_size]);
}

/// What a peer may put into a close frame (RFC 6455, 7.4).
bool is_valid_close(std::string_view bytes) {
  if (bytes.empty())
    return true;
  if (bytes.size() < 2)
    return false;
  auto code = from_big_endian<std::uint16_t>(bytes.substr(0, 2));
  auto known = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005
                && code != 1006)
               || (code >= 3000 && code <= 4999);
  return known && is_utf8(bytes.substr(2));
}

} // namespace

struct websocket_decoder::header {
  bool fin = false;
  bool reserved = false;
  bool masked = false;
  bool short_form = false; ///< the length is in the second byte
  opcode op{};
  std::uint64_t length = 0;
  std::size_t size = 0; ///< with length and mask

  bool is_control() const { return static_cast<unsigned>(op) >= 0x8; }

  bool is_known() const {
    auto x = static_cast<unsigned>(op);
    return x <= 0x2 || (x >= 0x8 && x <= 0xA);
  }

  /// False: more bytes are needed, `size` says how many. Two bytes fill in all
  /// but `length`, so that what is wrong with them shows whatever follows.
  static bool parse(std::span<const char> input, header& x) {
    auto byte = [&](std::size_t i) {
      return static_cast<unsigned char>(input[i]);
    };
    x.size = 2;
    if (input.size() < x.size)
      return false;
    x.fin = (byte(0) & 0x80U) != 0;
    x.reserved = (byte(0) & 0x70U) != 0;
    x.op = static_cast<opcode>(byte(0) & 0x0FU);
    x.masked = (byte(1) & 0x80U) != 0;
    x.length = byte(1) & 0x7FU;
    x.short_form = x.length <= max_control;
    auto extra = x.length < 126 ? 0U : x.length == 126 ? 2U : 8U;
    x.size += extra + (x.masked ? mask_size : 0);
    if (input.size() < x.size)
      return false;
    if (extra > 0)
      x.length = from_big_endian<std::uint64_t>({input.data() + 2, extra});
    return true;
  }
};

websocket_decoder::result websocket_decoder::next(std::span<char> input) {
  if (fragments_done_) {
    fragments_.reset();
    fragments_done_ = false;
  }
  header head;
  auto complete = header::parse(input, head);
  if (input.size() >= 2
      && (head.reserved || !head.masked || !head.is_known()
          || (head.is_control() && (!head.fin || !head.short_form))))
    return fail(websocket_close::protocol_error);
  if (!complete)
    return {.needed = head.size};
  if (!head.is_control()
      && head.length
           > max_message_ - (fragments_ ? fragments_->bytes.size() : 0))
    return fail(websocket_close::too_big);
  auto size = head.size + static_cast<std::size_t>(head.length);
  if (input.size() < size)
    return {.needed = size};
  mask_bytes mask;
  std::copy_n(input.begin()
                + static_cast<std::ptrdiff_t>(head.size - mask_size),
              mask_size, mask.begin());
  auto bytes = input.subspan(head.size, size - head.size);
  unmask(bytes, mask);
  std::string_view view{bytes.data(), bytes.size()};
  auto res = head.is_control() ? on_control(head, view) : on_data(head, view);
  res.consumed = size;
  return res;
}

websocket_decoder::result
websocket_decoder::on_control(const header& head, std::string_view bytes) {
  if (head.op == opcode::ping)
    return {.what = status::ping, .bytes = bytes};
  if (head.op == opcode::pong)
    return {.what = status::skipped};
  if (!is_valid_close(bytes))
    return fail(websocket_close::protocol_error);
  return {.what = status::close, .bytes = bytes};
}

websocket_decoder::result websocket_decoder::on_data(const header& head,
                                                     std::string_view bytes) {
  auto continues = head.op == opcode::continuation;
  if (continues != (fragments_ != nullptr))
    return fail(websocket_close::protocol_error);
  if (!continues && head.fin)
    return on_message(head.op, bytes);
  if (!continues)
    fragments_ = std::make_unique<fragments>(fragments{head.op, {}});
  fragments_->bytes += bytes;
  if (!head.fin)
    return {.what = status::skipped};
  fragments_done_ = true;
  return on_message(fragments_->op, fragments_->bytes);
}

websocket_decoder::result
websocket_decoder::on_message(opcode op, std::string_view bytes) {
  if (op == opcode::binary)
    return {.what = status::binary, .bytes = bytes};
  if (!is_utf8(bytes))
    return fail(websocket_close::bad_utf8);
  return {.what = status::text, .bytes = bytes};
}

websocket_decoder::result websocket_decoder::fail(websocket_close code) {
  return {.what = status::failed, .code = code};
}

} // namespace weir::engineio
