#include "tests/transport/http/peer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <poll.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace weir::test {

namespace {

constexpr int longest_wait = 5000; // milliseconds

/// Bytes of a frame that has come in whole; 0: it has not.
std::size_t whole_frame(std::string_view in) {
  if (in.size() < 2)
    return 0;
  auto short_size = static_cast<unsigned char>(in[1]);
  std::size_t header = short_size < 126 ? 2 : short_size == 126 ? 4 : 10;
  if (in.size() < header)
    return 0;
  auto size = engineio::next_frame(in).size;
  return in.size() < size ? 0 : size;
}

std::string name_of(engineio::opcode op) {
  switch (op) {
    case engineio::opcode::text:
      return "text:";
    case engineio::opcode::binary:
      return "binary:";
    case engineio::opcode::ping:
      return "ping:";
    case engineio::opcode::pong:
      return "pong:";
    default:
      return "close:";
  }
}

std::string request(std::string_view method, std::string_view target,
                    std::string_view fields, std::string_view body) {
  std::string x{method};
  x.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  x.append(fields);
  if (method == "POST")
    x += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return x.append("\r\n").append(body);
}

} // namespace

peer::peer(std::string_view url) {
  auto colon = url.rfind(':');
  auto port = std::stoi(std::string{url.substr(colon + 1)});
  socket_.connect({boost::asio::ip::address_v4::loopback(),
                   static_cast<boost::asio::ip::port_type>(port)});
  socket_.set_option(boost::asio::ip::tcp::no_delay{true});
}

void peer::send(std::string_view bytes) {
  boost::system::error_code ignored; // seen when reading
  boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()),
                     ignored);
}

void peer::send_get(std::string_view target, std::string_view fields) {
  send(request("GET", target, fields, {}));
}

void peer::send_post(std::string_view target, std::string_view body,
                     std::string_view fields) {
  send(request("POST", target, fields, body));
}

answer peer::get(std::string_view target, std::string_view fields) {
  send_get(target, fields);
  return read_answer();
}

answer peer::post(std::string_view target, std::string_view body,
                  std::string_view fields) {
  send_post(target, body, fields);
  return read_answer();
}

answer peer::read_head() {
  std::size_t end = 0;
  while ((end = in_.find("\r\n\r\n")) == in_.npos)
    if (!fill())
      throw std::runtime_error("the connection ended before an answer");
  answer x;
  x.status = static_cast<unsigned>(std::stoul(in_.substr(9, 3)));
  std::string_view lines{in_.data(), end + 2};
  lines.remove_prefix(lines.find("\r\n") + 2);
  while (!lines.empty()) {
    auto line = lines.substr(0, lines.find("\r\n"));
    lines.remove_prefix(line.size() + 2);
    std::string name{line.substr(0, line.find(": "))};
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    x.fields[name] = line.substr(name.size() + 2);
  }
  in_.erase(0, end + 4);
  return x;
}

answer peer::read_answer() {
  auto x = read_head();
  std::size_t size = 0;
  if (x.fields.contains("content-length"))
    size = std::stoul(x.fields["content-length"]);
  while (in_.size() < size)
    if (!fill())
      throw std::runtime_error("the connection ended within an answer");
  x.body = in_.substr(0, size);
  in_.erase(0, size);
  return x;
}

answer peer::upgrade(std::string_view target) {
  send(upgrade_request(target));
  return read_answer();
}

void peer::send_frame(engineio::opcode op, std::string_view bytes) {
  send(masked_frame(op, bytes));
}

std::string peer::read_frame() {
  std::size_t size = 0;
  while ((size = whole_frame(in_)) == 0)
    if (!fill())
      return "end";
  auto frame = engineio::next_frame(in_);
  auto res = name_of(frame.op);
  if (frame.op != engineio::opcode::close)
    res += frame.bytes;
  else if (frame.bytes.size() >= 2)
    res += std::to_string(static_cast<unsigned char>(frame.bytes[0]) * 256
                          + static_cast<unsigned char>(frame.bytes[1]));
  in_.erase(0, size);
  return res;
}

bool peer::is_ended() {
  while (fill())
    in_.clear();
  return true;
}

bool peer::has_input() {
  pollfd x{socket_.native_handle(), POLLIN, 0};
  return !in_.empty() || poll(&x, 1, 0) > 0;
}

/// False: the connection is over.
bool peer::fill() {
  pollfd x{socket_.native_handle(), POLLIN, 0};
  if (poll(&x, 1, longest_wait) <= 0)
    throw std::runtime_error("nothing came");
  std::array<char, 65536> bytes;
  boost::system::error_code e;
  auto n = socket_.read_some(boost::asio::buffer(bytes), e);
  in_.append(bytes.data(), n);
  return !e;
}

std::string upgrade_request(std::string_view target, std::string_view fields) {
  std::string x{"GET "};
  x.append(target).append(" HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                          "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
  return x.append(fields).append("\r\n");
}

std::string masked_frame(engineio::opcode op, std::string_view bytes) {
  std::string x;
  engineio::append_frame(x, op, bytes);
  auto header = x.size() - bytes.size();
  std::string_view mask{"\x12\x34\x56\x78"};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    x[header + i] = static_cast<char>(bytes[i] ^ mask[i % 4]);
  x[1] = static_cast<char>(x[1] | '\x80');
  x.insert(header, mask);
  return x;
}

} // namespace weir::test
