#include "transport/engineio/payload.hpp"

#include "config/base/base64.hpp"
#include "transport/engineio/frames.hpp"

namespace weir::engineio {

namespace {

constexpr char separator = '\x1e';

} // namespace

std::size_t append_first_frame(std::string& payload, std::string_view frames) {
  auto frame = next_frame(frames);
  if (!payload.empty())
    payload += separator;
  if (frame.op == opcode::binary) {
    payload += 'b';
    append_base64(payload, frame.bytes);
  } else {
    payload += frame.bytes;
  }
  return frame.size;
}

std::optional<std::string_view> payload_reader::next() {
  if (done_)
    return std::nullopt;
  auto end = rest_.find(separator);
  auto text = rest_.substr(0, end);
  done_ = end == std::string_view::npos;
  rest_.remove_prefix(done_ ? rest_.size() : end + 1);
  return text;
}

} // namespace weir::engineio
