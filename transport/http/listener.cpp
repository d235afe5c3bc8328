#include "transport/http/listener.hpp"

#include "config/log.hpp"

#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/error.hpp>

#include <sys/socket.h>

#include <charconv>
#include <stdexcept>
#include <utility>

namespace weir::http {

using boost::system::error_code;
using engineio::tcp;
using engineio::tcp_acceptor;

namespace {

using reuse_port
  = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// After an accept that failed for want of descriptors or memory.
constexpr auto retry_after = std::chrono::milliseconds{100};

[[noreturn]] void fail(std::string_view listen, std::string_view key,
                       std::string_view why) {
  std::string text = "cannot listen on ";
  text.append(listen).append(": ").append(why).append(
    "; stop what uses it, or choose another address for ");
  throw std::runtime_error(text.append(key));
}

tcp::endpoint parse(std::string_view listen, std::string_view key) {
  auto colon = listen.rfind(':');
  auto host = listen.substr(0, colon);
  auto digits = listen.substr(colon == listen.npos ? listen.size() : colon + 1);
  std::uint16_t port = 0;
  auto res = std::from_chars(digits.data(), digits.data() + digits.size(),
                             port);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  error_code e;
  auto address = boost::asio::ip::make_address(
    host == "localhost" ? "127.0.0.1" : std::string{host}, e);
  if (e || digits.empty() || res.ec != std::errc{}
      || res.ptr != digits.data() + digits.size())
    fail(listen, key, "not of the form address:port");
  return {address, port};
}

tcp_acceptor bind(boost::asio::io_context& loop, const tcp::endpoint& to,
                  bool shared, error_code& e) {
  tcp_acceptor port{loop.get_executor()};
  port.open(to.protocol(), e);
  if (!e)
    port.set_option(tcp_acceptor::reuse_address{true}, e);
  if (!e && shared)
    port.set_option(reuse_port{true}, e);
  if (!e)
    port.bind(to, e);
  return port;
}

} // namespace

std::vector<tcp_acceptor>
open_port(std::string_view listen, std::string_view key,
          const std::vector<boost::asio::io_context*>& loops) {
  auto to = parse(listen, key);
  error_code e;
  // Another process that shares the port as well would get a part of the
  // clients, unseen: so it is bound alone first.
  if (to.port() != 0)
    bind(*loops.front(), to, false, e).close();
  std::vector<tcp_acceptor> ports;
  for (auto* loop : loops) {
    if (e)
      break;
    ports.push_back(bind(*loop, to, true, e));
    if (!e)
      ports.back().listen(tcp_acceptor::max_listen_connections, e);
    if (!e)
      to.port(ports.front().local_endpoint().port()); // where 0 was asked
  }
  if (e)
    fail(listen, key, e.message());
  return ports;
}

std::string url_of(const tcp_acceptor& port, bool encrypted) {
  auto at = port.local_endpoint();
  auto address = at.address().to_string();
  if (at.address().is_v6())
    address = '[' + address + ']';
  return (encrypted ? "https://" : "http://") + address + ':'
         + std::to_string(at.port());
}

listener::listener(tcp_acceptor port, listener_options options)
  : port_(std::move(port)),
    pause_(port_.get_executor()),
    options_(std::move(options)) {
}

std::string listener::url() const {
  return url_of(port_, options_.tls != nullptr);
}

void listener::start() {
  port_.async_accept(
    [me = shared_from_this()](error_code e, engineio::tcp_socket socket) {
      me->on_accepted(e, std::move(socket));
    });
}

void listener::on_accepted(error_code e, engineio::tcp_socket socket) {
  if (!port_.is_open())
    return;
  if (e && e != boost::asio::error::connection_aborted)
    return on_failed(e);
  if (!e)
    engineio::contain(*this, [&] { take(std::move(socket)); });
  next();
}

/// The connection that could not be accepted waits in the system's queue.
void listener::on_failed(error_code e) {
  options_.tell(engineio::port_event::accept_failed);
  log::limited(log_level::error, "connections cannot be accepted", url(),
               {{"port", url()},
                {"why", e.message()},
                {"do", "raise the limit of open files, or lower "
                       "server.max_connections"}});
  if (options_.owns_reserve && options_.reserve && options_.reserve->take())
    start();
  else
    pause();
}

void listener::take(engineio::tcp_socket socket) {
  error_code e;
  auto from = socket.remote_endpoint(e).address();
  if (e)
    return; // gone already
  auto is_shared = options_.is_shared && options_.is_shared(from);
  auto slot = options_.admission->admit(from, is_shared);
  if (slot) {
    auto tls = options_.tls ? options_.tls->accept() : nullptr;
    options_.accept({{std::move(socket), std::move(tls)}, std::move(slot), {}});
    return;
  }
  options_.tell(engineio::port_event::connection_refused);
  if (slot.is_of_address())
    options_.tell(engineio::port_event::address_full);
  log::limited(log_level::warning, "too many connections", from.to_string(),
               {{"port", url()}, {"from", from.to_string()}});
}

/// The operator's port takes back what it gave up; the others let it.
void listener::next() {
  auto full = !options_.reserve || options_.reserve->refill();
  if (full || options_.owns_reserve)
    start();
  else
    pause();
}

void listener::pause() {
  pause_.expires_after(retry_after);
  pause_.async_wait([me = shared_from_this()](error_code cancelled) {
    if (!cancelled && me->port_.is_open())
      me->next();
  });
}

void listener::on_out_of_memory() {
  options_.tell(engineio::port_event::out_of_memory);
}

void listener::finish() {
  error_code e;
  port_.non_blocking(true, e);
  while (!e) {
    // on a loop: the port is non-blocking
    auto socket = port_.accept(e);
    if (!e)
      engineio::contain(*this, [&] { take(std::move(socket)); });
  }
  close();
}

void listener::close() {
  error_code ignored;
  port_.close(ignored);
  pause_.cancel();
}

} // namespace weir::http
