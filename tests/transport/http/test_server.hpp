#pragma once

#include "tests/transport/http/peer.hpp"
#include "transport/engineio/session_control.hpp"
#include "transport/http/client_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace weir::test {

/// What is answered to a request of a session that there is not.
inline constexpr auto unknown_sid
  = R"({"code":1,"message":"Session ID unknown"})";

/// A client server on threads of its own, whose sessions are owned by probes
/// that log what happens and send every message back.
class test_server {
public:
  using control_ptr = std::shared_ptr<engineio::session_control>;

  test_server() {
    settings.server.listen = "127.0.0.1:0";
    settings.engineio.ping_interval = std::chrono::seconds{20};
    settings.engineio.ping_timeout = std::chrono::seconds{10};
  }

  ~test_server() { stop(); }

  void start(std::size_t loops = 1);

  /// Ends the loops, then the server, then the sessions.
  void stop();

  /// What happened next to any session: "open", "text:<text>",
  /// "binary:<bytes>", "drained", "stopping" or "closed:<reason>".
  std::string next();

  /// Nothing more has happened.
  bool is_quiet();

  /// Runs `f` with the latest session, on its loop.
  void with_session(std::function<void(engineio::session_control&)> f);

  /// The owner of the latest session takes it (see `attaches`).
  void attach();

  /// The owner of the latest session forgets it.
  void forget();

  // -- requests, each over a connection of its own ----------------------------

  peer connect() { return peer{server->url()}; }

  answer get(std::string_view target, std::string_view fields = {}) {
    return connect().get(target, fields);
  }

  answer post(std::string_view target, std::string_view body,
              std::string_view fields = {}) {
    return connect().post(target, body, fields);
  }

  /// Opens a polling session and returns the target of its requests.
  std::string open_polling();

  /// Opens a WebSocket session, past its open packet.
  peer open_websocket(std::string_view query = {});

  options settings;
  bool attaches = true; ///< owners take their sessions at once
  bool closes = true;   ///< owners close them when the server stops
  std::shared_ptr<http::request_forwarder> forwarder; ///< to other servers
  std::optional<http::client_server> server;

  /// How often each has come.
  struct event_counts {
    std::atomic<int>& operator[](engineio::port_event x) {
      return counts.at(static_cast<std::size_t>(x));
    }

    /// Up to the last of them.
    static constexpr auto size
      = static_cast<std::size_t>(engineio::port_event::out_of_memory) + 1;
    std::array<std::atomic<int>, size> counts{};
  } events;

private:
  struct owner;

  void log(std::string what);
  void accept(std::size_t loop, control_ptr session);
  void run_on_loop(std::function<void(owner&)> f);

  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> log_;
  std::vector<std::shared_ptr<owner>> owners_;
};

/// `/socket.io/?EIO=4&transport=<transport>`
std::string engine_target(std::string_view transport);

} // namespace weir::test
