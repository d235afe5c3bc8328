#pragma once

#include "transport/cluster/link_handshake.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <string>

namespace weir::cluster {

/// One connection from its first byte to the end of its handshake, on one loop.
/// Lives as long as something is under way.
class link_attempt : public std::enable_shared_from_this<link_attempt> {
public:
  using tcp = boost::asio::ip::tcp;
  /// Called once: with a connection when it has become a link.
  using decided = std::function<void(link_attempt& self, tcp::socket stream)>;
  /// Called once, after that, when nothing is under way any more.
  using ended = std::function<void(link_attempt& self)>;

  /// `terms` outlive it.
  link_attempt(boost::asio::io_context& loop, const link_terms& terms,
               bool dialed, std::string address);

  /// Looks up the host, connects and greets. All of it has to be done within
  /// `timeout`.
  void dial(std::chrono::milliseconds timeout, decided on_decided,
            ended on_ended);

  /// Waits for the greeting on a connection that came in.
  void accept(tcp::socket socket, std::chrono::milliseconds timeout,
              decided on_decided, ended on_ended);

  /// Closes it; whoever waits is told `why`, unless it is decided.
  void abort(const std::string& why);

  /// Likewise without a word.
  void cancel();

  bool dialed() const { return dialed_; }
  const std::string& address() const { return address_; }

  /// What was decided, and why. After `abort` it may still be `ongoing`.
  const link_handshake& handshake() const { return handshake_; }
  /// Why there was no handshake, or none to its end; empty: the handshake
  /// knows.
  const std::string& trouble() const { return trouble_; }

private:
  using error_code = boost::system::error_code;

  /// Does what there is to do; where there is no memory for it, this one ends.
  template <class F>
  void contain(F f) {
    try {
      f();
    } catch (const std::bad_alloc&) {
      on_out_of_memory();
    }
  }

  void arm(std::chrono::milliseconds timeout);
  void resolve();
  void connect(const tcp::resolver::results_type& to);
  void greet();
  void go_on();
  void write();
  void on_written(error_code e);
  void read();
  void on_read(error_code e);
  void decide();
  void linger();
  void drain();
  void give_up(const std::string& what, error_code e);
  void on_out_of_memory();
  void end();
  void close();

  tcp::resolver resolver_;
  tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  bool dialed_;
  std::string address_;
  link_handshake handshake_;
  std::string trouble_;
  bool closed_ = false;
  decided on_decided_;
  ended on_ended_;
  std::string input_;
  std::string output_;
};

} // namespace weir::cluster
