#include "tools/bench/load/client.hpp"

#include <arpa/inet.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace weir::bench {

namespace {

constexpr std::uint32_t clients_per_source = 5'000;
constexpr std::size_t read_size = 256 * 1024;

constexpr std::string_view upgrade_request
  = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: d2VpciBpcyBhIGRhbS4uLg==\r\n\r\n";

/// The text in quotes behind `mark`.
std::string_view text_after(std::string_view in, std::string_view mark) {
  auto at = in.find(mark);
  if (at == std::string_view::npos)
    return {};
  in.remove_prefix(at + mark.size());
  return in.substr(0, in.find('"'));
}

/// The last argument, if it is a text: `...,"offset"]`.
std::string_view last_text(std::string_view arguments) {
  if (!arguments.ends_with("\"]"))
    return {};
  arguments.remove_suffix(2);
  return arguments.substr(arguments.rfind('"') + 1);
}

sockaddr_in server_address(const load_options& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  inet_pton(AF_INET, options.address.c_str(), &address.sin_addr);
  return address;
}

sockaddr_in source_address(std::uint32_t index) {
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + index / clients_per_source);
  return source;
}

/// The thread's only one: a client keeps no more than an unfinished frame.
std::array<char, read_size>& read_buffer() {
  thread_local std::array<char, read_size> buffer;
  return buffer;
}

std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> lines;
  if (file.empty())
    return lines;
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  if (lines.empty())
    throw std::runtime_error{"no tokens in " + file};
  return lines;
}

} // namespace

client_context::client_context(bench::poller& with, client_events& told,
                               const load_options& options)
  : poller(with),
    events(told),
    server(server_address(options)),
    tls(options.tls ? make_tls_context() : nullptr),
    tokens(lines_of(options.tokens)),
    members(options.members) {
}

void client_context::flush_all() {
  for (auto* who : unflushed)
    who->flush();
  unflushed.clear();
}

client::client(client_context& context, std::uint32_t index)
  : context_(context), index_(index), stream_(context.tls.get()) {
}

void client::open() {
  stream_.open(source_address(index_), context_.server);
  wants_write_ = true; // which is how a refusal comes to be known, too
  context_.poller.add(stream_.fd(), *this, EPOLLIN | EPOLLOUT);
}

void client::reopen() {
  stage_ = stage::connecting;
  paused_ = false;
  outbox_.clear();
  partial_.clear();
  open();
}

void client::pause_reading() {
  paused_ = true;
  update_interest();
}

void client::resume_reading() {
  paused_ = false;
  update_interest();
}

void client::update_interest() {
  if (!is_open())
    return;
  std::uint32_t events = 0;
  if (!paused_)
    events |= EPOLLIN;
  if (wants_write_)
    events |= EPOLLOUT;
  context_.poller.modify(stream_.fd(), *this, events);
}

void client::send(std::string_view packet) {
  enqueue(frame_opcode::text, packet);
}

void client::enqueue(frame_opcode opcode, std::string_view data) {
  append_frame(outbox_, opcode, data);
  if (!std::exchange(unflushed_, true))
    context_.unflushed.push_back(this);
}

void client::flush() {
  unflushed_ = false;
  if (!is_open() || outbox_.empty())
    return;
  auto sent = stream_.send(outbox_);
  if (sent < 0 && errno != EAGAIN)
    return close(std::strerror(errno));
  if (sent > 0)
    outbox_.erase(0, static_cast<std::size_t>(sent));
  const bool blocked = !outbox_.empty() && !stream_.waits_for_peer();
  if (std::exchange(wants_write_, blocked) != blocked)
    update_interest();
}

void client::on_ready(std::uint32_t epoll_events) {
  if ((epoll_events & EPOLLOUT) != 0)
    on_writable();
  if (is_open() && (epoll_events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
    on_readable();
}

void client::on_writable() {
  if (stage_ == stage::connecting) {
    stage_ = stage::upgrading;
    outbox_ += upgrade_request;
  }
  flush();
}

void client::on_readable() {
  auto& buffer = read_buffer();
  auto kept = partial_.copy(buffer.data(), partial_.size());
  auto count = stream_.receive(buffer.data() + kept, buffer.size() - kept);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return flush(); // which may have waited for the handshake
  if (count <= 0)
    return close(count == 0 ? "closed by the server" : std::strerror(errno));
  context_.read_at = now_ns();
  std::string_view bytes{buffer.data(), kept + static_cast<std::size_t>(count)};
  on_bytes(bytes);
  if (is_open())
    partial_.assign(bytes);
}

void client::on_bytes(std::string_view& bytes) {
  if (stage_ == stage::upgrading && !take_upgrade(bytes))
    return;
  frame received;
  for (;;) {
    switch (take_frame(bytes, received)) {
      case frame_result::incomplete:
        return;
      case frame_result::invalid:
        return close("invalid frame");
      case frame_result::complete:
        on_frame(received);
        if (!is_open())
          return;
    }
  }
}

bool client::take_upgrade(std::string_view& bytes) {
  constexpr std::string_view head_end = "\r\n\r\n";
  auto end = bytes.find(head_end);
  if (end == std::string_view::npos)
    return false;
  if (!bytes.starts_with("HTTP/1.1 101")) {
    close(bytes.substr(0, bytes.find('\r')));
    return false;
  }
  bytes.remove_prefix(end + head_end.size());
  stage_ = stage::opening;
  return true;
}

void client::on_frame(const frame& received) {
  switch (received.opcode) {
    case frame_opcode::text:
      return on_packet(received.data);
    case frame_opcode::ping:
      return enqueue(frame_opcode::pong, received.data);
    case frame_opcode::close:
      return close("close frame");
    default:
      return;
  }
}

void client::on_packet(std::string_view packet) {
  if (packet.starts_with("42"))
    return on_event(packet.substr(2));
  if (packet.starts_with("43"))
    return context_.events.on_ack(*this, packet.substr(2));
  if (packet == "2")
    return send("3");
  if (packet.starts_with('0'))
    return send(connect_packet());
  if (packet.starts_with("40") && stage_ == stage::opening)
    return on_connect(packet);
  if (packet.starts_with("41") || packet.starts_with("44"))
    close(packet);
}

void client::on_event(std::string_view arguments) {
  if (!pid_.empty())
    if (auto offset = last_text(arguments); !offset.empty())
      offset_ = offset;
  if (!arguments.starts_with(R"(["weir:position")")) // an offset, nothing else
    context_.events.on_event(*this, arguments);
}

void client::on_connect(std::string_view answer) {
  stage_ = stage::connected;
  auto pid = text_after(answer, R"("pid":")");
  recovered_ = !pid.empty() && pid == pid_;
  pid_ = pid;
  context_.events.on_connected(*this);
}

std::string client::connect_packet() const {
  std::string auth;
  if (auto& tokens = context_.tokens; !tokens.empty())
    auth += R"(,"token":")" + tokens[index_ / context_.members % tokens.size()]
            + '"';
  if (!pid_.empty())
    auth += R"(,"pid":")" + pid_ + R"(","offset":")" + offset_ + '"';
  return auth.empty() ? "40" : "40{" + auth.substr(1) + "}";
}

void client::close(std::string_view reason) {
  stream_.close();
  context_.events.on_closed(*this, reason);
}

} // namespace weir::bench
