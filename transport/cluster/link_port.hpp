#pragma once

#include "transport/cluster/link.hpp"
#include "transport/cluster/link_handshake.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string>

namespace weir::cluster {

class link_attempt;

/// Whoever owns a port. Called on the loop's thread; may call the port, but not
/// destroy it.
class link_handler {
public:
  virtual ~link_handler() = default;

  /// The last word on a peer that has proved that it belongs here. Empty: it is
  /// welcome; otherwise the sentence that both sides report. Where the peer
  /// still has a say, its refusal arrives as `on_failed`: each peer that was
  /// welcome comes back in one of the two below.
  virtual std::string admit(const hello& peer, bool dialed) = 0;

  virtual void on_link(link x) = 0;

  virtual void on_failed(failed_link x) = 0;
};

struct link_port_options {
  /// `address:port`; port 0 takes a free one.
  std::string listen;
  /// Who this node is. An empty address becomes the one that it listens at.
  hello local;
  /// The cluster's; empty: none.
  std::string secret;
  /// Whether its owner continues with TLS.
  bool tls = false;
  /// A connection has to be a link within this time.
  std::chrono::milliseconds timeout{5000};
  /// Handshakes at once of connections that came in, and likewise of those that
  /// are dialed. Of the former the oldest gives way, so that whoever holds
  /// connections without a word keeps nobody out; of the latter the newest
  /// fails.
  std::size_t max_handshakes = 64;
};

/// Where a node meets the others: listens, dials, and turns connections into
/// links. To be used on the thread of its loop.
class link_port {
public:
  /// Listens. Throws `std::runtime_error` that names the address, the key of
  /// the configuration and what to do.
  link_port(boost::asio::io_context& loop, link_port_options options,
            link_handler& handler);

  /// As `stop`.
  ~link_port();

  /// Who this node is, with the address that others dial.
  const hello& local() const { return terms_.local; }

  /// It is another one from now on, for links to come.
  void set_config(const std::string& x) { terms_.local.config = x; }

  /// Ends in one `on_link` or `on_failed` with this address (`host:port`), not
  /// before this function has returned.
  void dial(const std::string& address);

  /// Closes the port and what is under way; the handler hears no more.
  void stop();

private:
  using tcp = boost::asio::ip::tcp;
  using attempts = std::list<std::shared_ptr<link_attempt>>;

  void listen();
  void accept();
  void on_accepted(boost::system::error_code e, tcp::socket socket);
  void start(tcp::socket socket);
  void hand_over(link_attempt& x, tcp::socket stream);
  void on_decided(link_attempt& x, tcp::socket stream);
  std::shared_ptr<link_attempt> add(attempts& to, bool dialed,
                                    std::string address);

  boost::asio::io_context& loop_;
  link_port_options options_;
  link_handler& handler_;
  link_terms terms_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  attempts accepting_;
  attempts dialing_;
  /// Tells completions that come late that the port has gone.
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
};

} // namespace weir::cluster
