#include "transport/cluster/link_port.hpp"

#include "config/address.hpp"
#include "config/log.hpp"
#include "transport/cluster/link_attempt.hpp"

#include <boost/asio/post.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace weir::cluster {

using boost::system::error_code;

namespace {

/// After an accept that failed for want of descriptors or memory.
constexpr auto retry_after = std::chrono::milliseconds{100};

[[noreturn]] void fail(const std::string& listen, const std::string& why) {
  throw std::runtime_error("cannot listen on " + listen + ": " + why
                           + "; stop what uses it, or choose another address "
                             "for cluster.listen");
}

std::string to_string(const boost::asio::ip::tcp::endpoint& x) {
  auto address = x.address().to_string();
  if (x.address().is_v6())
    address = '[' + address + ']';
  return address + ':' + std::to_string(x.port());
}

/// The kernel forgets a peer that has gone, too: after twice the time in
/// which heartbeats give it up, so that these decide.
void prepare(int socket, std::chrono::milliseconds timeout) {
  int on = 1;
  auto user_timeout = static_cast<unsigned int>(2 * timeout.count());
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout,
               sizeof(user_timeout));
}

} // namespace

link_port::link_port(boost::asio::io_context& loop, link_port_options options,
                     link_handler& handler)
  : loop_(loop),
    options_(std::move(options)),
    handler_(handler),
    acceptor_(loop),
    pause_(loop) {
  terms_.local = options_.local;
  if (!options_.secret.empty())
    terms_.key.emplace(options_.secret);
  options_.secret.clear();
  terms_.tls = options_.tls;
  terms_.admit = [this](const hello& peer, bool dialed) {
    return handler_.admit(peer, dialed);
  };
  listen();
  if (terms_.local.address.empty())
    terms_.local.address = to_string(acceptor_.local_endpoint());
  accept();
}

link_port::~link_port() {
  stop();
}

void link_port::dial(const std::string& address) {
  if (dialing_.size() >= options_.max_handshakes) {
    boost::asio::post(loop_, [this, address, open = open_] {
      if (*open)
        handler_.on_failed(
          {.dialed = true,
           .address = address,
           .reason = {refusal_code::none, "too many others are being dialed"}});
    });
    return;
  }
  auto attempt = add(dialing_, true, address);
  attempt->dial(
    options_.timeout,
    [this](link_attempt& x, tcp::socket s) { on_decided(x, std::move(s)); },
    [this](link_attempt& x) {
      dialing_.remove_if([&](auto& y) { return y.get() == &x; });
    });
}

void link_port::stop() {
  *open_ = false;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (auto* list : {&accepting_, &dialing_})
    for (auto& x : std::exchange(*list, {}))
      x->cancel();
}

// -- connections that come in -------------------------------------------------

void link_port::listen() {
  auto at = parse_address(options_.listen);
  if (!at)
    fail(options_.listen, "not of the form address:port");
  tcp::endpoint to{boost::asio::ip::make_address(at->host), at->port};
  error_code e;
  acceptor_.open(to.protocol(), e);
  if (!e)
    acceptor_.set_option(tcp::acceptor::reuse_address{true}, e);
  if (!e)
    acceptor_.bind(to, e);
  if (!e)
    acceptor_.listen(tcp::acceptor::max_listen_connections, e);
  if (e)
    fail(options_.listen, e.message());
}

void link_port::accept() {
  acceptor_.async_accept(
    [this, open = open_](error_code e, tcp::socket socket) {
      if (*open)
        on_accepted(e, std::move(socket));
    });
}

void link_port::on_accepted(error_code e, tcp::socket socket) {
  if (e && e != boost::asio::error::connection_aborted) {
    log::limited(log_level::error, "links cannot be accepted", options_.listen,
                 {{"port", options_.listen},
                  {"why", e.message()},
                  {"do", "raise the limit of open files"}});
    pause_.expires_after(retry_after);
    pause_.async_wait([this, open = open_](error_code) {
      if (*open)
        accept();
    });
    return;
  }
  // First: what this one fails for keeps no others out.
  if (acceptor_.is_open())
    accept();
  if (!e)
    start(std::move(socket));
}

void link_port::start(tcp::socket socket) {
  error_code e;
  auto from = socket.remote_endpoint(e);
  if (e)
    return; // gone already
  if (accepting_.size() >= options_.max_handshakes)
    accepting_.front()->abort("it gave way to another connection");
  if (!*open_)
    return;
  auto attempt = add(accepting_, false, to_string(from));
  attempt->accept(
    std::move(socket), options_.timeout,
    [this](link_attempt& x, tcp::socket s) { on_decided(x, std::move(s)); },
    [this](link_attempt& x) {
      accepting_.remove_if([&](auto& y) { return y.get() == &x; });
    });
}

// -- both ---------------------------------------------------------------------

std::shared_ptr<link_attempt> link_port::add(attempts& to, bool dialed,
                                             std::string address) {
  auto result = std::make_shared<link_attempt>(loop_, terms_, dialed,
                                               std::move(address));
  to.push_back(result);
  return result;
}

void link_port::on_decided(link_attempt& x, tcp::socket stream) {
  if (stream.is_open())
    return hand_over(x, std::move(stream));
  failed_link failed{x.dialed(), x.address(), x.handshake().peer(),
                     x.handshake().reason(), x.handshake().refused_by_peer()};
  if (!x.trouble().empty())
    failed.reason = {refusal_code::none, x.trouble()};
  handler_.on_failed(std::move(failed));
}

/// The link that there is no memory for is none.
void link_port::hand_over(link_attempt& x, tcp::socket stream) {
  auto peer = x.handshake().peer();
  error_code e;
  stream.native_non_blocking(true, e);
  native_socket socket{stream.release(e)};
  prepare(socket.descriptor(), options_.timeout);
  try {
    handler_.on_link({std::move(socket), *peer, x.dialed(), x.address()});
  } catch (const std::bad_alloc&) {
    handler_.on_failed(
      {.dialed = x.dialed(),
       .address = x.address(),
       .peer = std::move(peer),
       .reason = {refusal_code::none, "there is no memory for it"}});
  }
}

} // namespace weir::cluster
