#pragma once

#include "config/options.hpp"
#include "transport/engineio/outbox_budget.hpp"
#include "transport/engineio/port_event.hpp"
#include "transport/engineio/session_control.hpp"
#include "transport/engineio/traffic.hpp"
#include "transport/http/admin_request.hpp"
#include "transport/http/descriptor_reserve.hpp"
#include "transport/http/request_forwarder.hpp"
#include "transport/http/tls_port.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::http {

/// Called on loop `loop` for each new session, before any of its packets.
using accept_session = std::function<void(
  std::size_t loop, std::shared_ptr<engineio::session_control> session)>;

/// The client side's port: Engine.IO, and files where the options name some.
/// Each loop has its own listener (SO_REUSEPORT), sessions and timers; a
/// session lives on one loop for life, and a polling request that arrives on
/// another loop is moved, with its socket, to the session's.
class client_server {
public:
  /// `loops` are run by one thread each, must outlive the server, and need not
  /// run yet. The first error to open the port is thrown as
  /// `std::runtime_error` that names the address and what to do. Without a
  /// `forwarder`, sessions of other nodes are not known. `reserve` is that of
  /// the operator's port. Without `tls`, the port speaks plain HTTP.
  /// `show_outboxes` is told how the bytes change that wait for clients.
  /// `health` answers where `server.health` says so.
  client_server(const options& settings,
                std::vector<boost::asio::io_context*> loops,
                accept_session accept,
                std::shared_ptr<request_forwarder> forwarder = nullptr,
                const engineio::tell_port_event& tell = {},
                const std::shared_ptr<descriptor_reserve>& reserve = nullptr,
                const std::shared_ptr<const tls_port>& tls = nullptr,
                engineio::outbox_budget::show_change show_outboxes = {},
                ask_health health = {});

  /// Requires: the loops do not run (any more).
  ~client_server();

  /// `http://127.0.0.1:3000`, with the real port, or `https`.
  std::string url() const;

  /// Serves a request that has come to another node, as if it had come here.
  /// `respond` is called on a loop, once, or not at all if the request is given
  /// up (`forwarded_handle::cancel`). Thread-safe.
  std::shared_ptr<forwarded_handle> serve(poll_request x, respond_poll respond);

  /// Another node's answer to what the forwarder has passed on. Thread-safe.
  void answer(poll_id id, poll_answer x);

  /// What changes while it is open: [server.cors], and how often requests may
  /// come that belong to no session. Thread-safe.
  void change(const options& to);

  /// Takes no new connections and answers no new handshakes; sessions continue,
  /// and clients of other nodes' sessions are told to ask elsewhere.
  /// Thread-safe.
  void stop_accepting();

  /// Closes all sessions so that clients reconnect, one after the other within
  /// this time (`engineio::session_drain`); their owners are asked first, and
  /// told. Those who come later, unless `stop_accepting` has been called, stay.
  /// `done` is called once, on a loop. Thread-safe.
  void drain(std::chrono::milliseconds over, std::function<void()> done);

  /// Closes them all at once. Thread-safe.
  void close_sessions();

  /// Asks the owners of all sessions to let somebody go
  /// (`engineio::session_handler::disconnect`). `done` is called once, on a
  /// loop: how many there were. Looks at every session, which takes some
  /// 10 ms for 100,000. Thread-safe.
  void disconnect(engineio::unwanted whom,
                  std::function<void(std::size_t found)> done);

  /// Open sessions. Thread-safe.
  std::size_t sessions() const;

  /// What they are, and what there was of them. Thread-safe.
  engineio::traffic_sum traffic() const;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace weir::http
