#pragma once

// One Socket.IO client over one WebSocket, in the main namespace: opens, joins
// the namespace, answers pings, and hands over events and acks unparsed. It
// writes at the end of a turn, all that the turn produced at once.

#include "tools/bench/load/options.hpp"
#include "tools/bench/load/poller.hpp"
#include "tools/bench/load/stream.hpp"
#include "tools/bench/load/websocket_frames.hpp"

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::bench {

class client;

/// What a client reports; the texts are only valid during the call.
class client_events {
public:
  /// The server has answered CONNECT: events may be emitted.
  virtual void on_connected(client& who) = 0;
  /// `["name",...]`
  virtual void on_event(client& who, std::string_view arguments) = 0;
  /// `<ack id>[...]`
  virtual void on_ack(client& who, std::string_view ack) = 0;
  /// Nothing more will come.
  virtual void on_closed(client& who, std::string_view reason) = 0;

protected:
  ~client_events() = default;
};

/// What the clients of one thread share.
struct client_context {
  client_context(bench::poller& poller, client_events& events,
                 const load_options& options);

  bench::poller& poller;
  client_events& events;
  sockaddr_in server;
  /// Null: without TLS.
  tls_context tls;
  /// Of each room's clients; empty: they show none.
  std::vector<std::string> tokens;
  std::uint32_t members;
  /// Clients with something to write; `flush_all` empties it.
  std::vector<client*> unflushed;
  /// When the bytes being handled were read.
  std::uint64_t read_at = 0;

  void flush_all();
};

class client final : public pollable {
public:
  client(client_context& context, std::uint32_t index);
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Connects from a loopback address chosen by the index, since one address
  /// alone runs out of ports.
  void open();
  /// Likewise, once it has been closed. Hands back what it has been given to
  /// recover its socket, if that was anything.
  void reopen();
  /// Goes, without `on_closed`.
  void leave() { stream_.close(); }
  /// Reads nothing, not even pings, until `resume_reading`.
  void pause_reading();
  void resume_reading();
  /// A whole packet, beginning with Engine.IO's type.
  void send(std::string_view packet);
  void flush();

  std::uint32_t index() const { return index_; }
  bool is_open() const { return stream_.is_open(); }
  bool is_connected() const { return is_open() && stage_ == stage::connected; }
  /// Whether the last CONNECT has brought the socket back that was there
  /// before.
  bool recovered() const { return recovered_; }

private:
  enum class stage { connecting, upgrading, opening, connected };

  void on_ready(std::uint32_t epoll_events) override;
  void on_writable();
  void on_readable();
  void on_bytes(std::string_view& bytes);
  bool take_upgrade(std::string_view& bytes);
  void on_frame(const frame& received);
  void on_packet(std::string_view packet);
  void on_event(std::string_view arguments);
  void on_connect(std::string_view answer);
  std::string connect_packet() const;
  void update_interest();
  void enqueue(frame_opcode opcode, std::string_view data);
  void close(std::string_view reason);

  client_context& context_;
  std::uint32_t index_;
  stream stream_;
  stage stage_ = stage::connecting;
  bool wants_write_ = false;
  bool unflushed_ = false;
  bool paused_ = false;
  bool recovered_ = false;
  /// What the server has given for recovery; empty: nothing.
  std::string pid_;
  std::string offset_;
  /// Written by us, but not yet by the kernel.
  std::string outbox_;
  /// The beginning of a frame whose end has not come yet.
  std::string partial_;
};

} // namespace weir::bench
