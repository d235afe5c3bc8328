#include "transport/http/request_body.hpp"

#include <algorithm>

namespace weir::http {

namespace {

constexpr std::uint8_t max_digits = 16;

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_control(char c) {
  auto x = static_cast<unsigned char>(c);
  return (x < ' ' && x != '\t') || x == 0x7f;
}

} // namespace

request_body::request_body(body_framing framing, std::size_t max_body,
                           std::size_t max_extra)
  : chunked_(framing.chunked),
    state_(framing.chunked      ? state::size
           : framing.length > 0 ? state::data
                                : state::end),
    chunk_(framing.length),
    left_(max_body),
    extra_(max_extra) {
}

request_body::result request_body::take(std::string_view bytes,
                                        std::string& to) {
  std::size_t used = 0;
  while (state_ != state::end && used < bytes.size()) {
    if (state_ == state::data) {
      used += take_data(bytes.substr(used), to);
      continue;
    }
    auto what = take_byte(bytes[used++]);
    if (what != status::incomplete)
      return {what, used};
  }
  return {state_ == state::end ? status::complete : status::incomplete, used};
}

std::size_t request_body::take_data(std::string_view bytes, std::string& to) {
  auto data = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), chunk_));
  to += data;
  chunk_ -= data.size();
  if (chunk_ == 0)
    state_ = chunked_ ? state::data_cr : state::end;
  return data.size();
}

request_body::status request_body::take_byte(char c) {
  switch (state_) {
    case state::data_cr:
      return expect(c, '\r', state::data_lf);
    case state::data_lf:
      digits_ = 0;
      return expect(c, '\n', state::size);
    case state::size:
      return take_size(c);
    case state::extension:
      return take_extra(c, state::size_lf);
    case state::size_lf:
      return expect(c, '\n', chunk_ > 0 ? state::data : state::trailer);
    case state::trailer:
      if (c == '\r')
        return expect(c, '\r', state::end_lf);
      state_ = state::trailer_name;
      return c == ':' ? status::bad : take_byte(c);
    case state::trailer_name:
      if (c == ':')
        state_ = state::trailer_value;
      else if (c == ' ' || c == '\t' || c == '\r')
        return status::bad; // folded, or no field
      return take_extra(c, state::trailer_lf);
    case state::trailer_value:
      return take_extra(c, state::trailer_lf);
    case state::trailer_lf:
      return expect(c, '\n', state::trailer);
    case state::end_lf:
      return expect(c, '\n', state::end);
    default:
      return status::bad;
  }
}

request_body::status request_body::take_size(char c) {
  auto digit = hex_value(c);
  if (digit < 0 && digits_ == 0)
    return status::bad;
  if (c == '\r' || c == ';') {
    left_ -= chunk_;
    state_ = c == ';' ? state::extension : state::size_lf;
    return status::incomplete;
  }
  if (digit < 0 || digits_ == max_digits)
    return status::bad;
  chunk_ = (digits_++ == 0 ? 0 : chunk_ * 16) + static_cast<unsigned>(digit);
  return chunk_ > left_ ? status::too_large : status::incomplete;
}

/// What is skipped, up to the end of its line.
request_body::status request_body::take_extra(char c, state next) {
  if (c == '\r')
    return expect(c, '\r', next);
  if (is_control(c))
    return status::bad;
  return extra_-- == 0 ? status::too_much_extra : status::incomplete;
}

request_body::status request_body::expect(char c, char expected, state next) {
  state_ = next;
  return c == expected ? status::incomplete : status::bad;
}

} // namespace weir::http
