#include "transport/cluster/link_attempt.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <new>
#include <utility>

namespace weir::cluster {

namespace {

/// Of what a peer that is refused may still have under way.
constexpr std::size_t drained_at_once = 4096;

constexpr auto broken = "the connection broke";

} // namespace

link_attempt::link_attempt(boost::asio::io_context& loop,
                           const link_terms& terms, bool dialed,
                           std::string address)
  : resolver_(loop),
    socket_(loop),
    deadline_(loop),
    dialed_(dialed),
    address_(std::move(address)),
    handshake_(dialed ? link_handshake::dial(terms, make_nonce())
                      : link_handshake::accept(terms, make_nonce())) {
}

void link_attempt::dial(std::chrono::milliseconds timeout, decided on_decided,
                        ended on_ended) {
  on_decided_ = std::move(on_decided);
  on_ended_ = std::move(on_ended);
  contain([&] { arm(timeout); });
  try {
    resolve();
  } catch (const std::bad_alloc&) {
    return; // whoever dials is told when the time is over, not before
  }
}

void link_attempt::accept(tcp::socket socket, std::chrono::milliseconds timeout,
                          decided on_decided, ended on_ended) {
  socket_ = std::move(socket);
  on_decided_ = std::move(on_decided);
  on_ended_ = std::move(on_ended);
  contain([&] {
    arm(timeout);
    greet();
  });
}

void link_attempt::abort(const std::string& why) {
  give_up(why, {});
}

void link_attempt::cancel() {
  on_decided_ = nullptr;
  on_ended_ = nullptr;
  close();
}

// -- steps --------------------------------------------------------------------

void link_attempt::arm(std::chrono::milliseconds timeout) {
  deadline_.expires_after(timeout);
  deadline_.async_wait([me = shared_from_this()](error_code e) {
    if (!e)
      me->contain([&] { me->give_up("there was no answer in time", {}); });
  });
}

void link_attempt::resolve() {
  auto colon = address_.rfind(':');
  auto host = address_.substr(0, colon);
  auto port = colon == std::string::npos ? "" : address_.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  resolver_.async_resolve(host, port, tcp::resolver::numeric_service,
                          [me = shared_from_this()](error_code e, auto found) {
                            me->contain([&] {
                              if (e)
                                me->give_up("its name is not found", e);
                              else
                                me->connect(found);
                            });
                          });
}

void link_attempt::connect(const tcp::resolver::results_type& to) {
  if (closed_)
    return;
  boost::asio::async_connect(
    socket_, to, [me = shared_from_this()](error_code e, const auto&) {
      me->contain([&] {
        if (e)
          me->give_up("it cannot be reached", e);
        else
          me->greet();
      });
    });
}

void link_attempt::greet() {
  if (closed_)
    return;
  error_code ignored; // it is for speed only
  socket_.set_option(tcp::no_delay{true}, ignored);
  go_on();
}

/// Writes what there is to say, then reads what is wanted, until it is decided.
void link_attempt::go_on() {
  output_ = handshake_.take_output();
  if (!output_.empty())
    write();
  else if (handshake_.state() == handshake_state::ongoing)
    read();
  else
    decide();
}

void link_attempt::write() {
  boost::asio::async_write(socket_, boost::asio::buffer(output_),
                           [me = shared_from_this()](error_code e,
                                                     std::size_t) {
                             me->contain([&] { me->on_written(e); });
                           });
}

void link_attempt::on_written(error_code e) {
  if (e)
    give_up(broken, e);
  else if (!closed_)
    go_on();
}

void link_attempt::read() {
  input_.resize(handshake_.wanted());
  boost::asio::async_read(socket_, boost::asio::buffer(input_),
                          [me = shared_from_this()](error_code e, std::size_t) {
                            me->contain([&] { me->on_read(e); });
                          });
}

void link_attempt::on_read(error_code e) {
  if (e)
    return give_up(broken, e);
  if (closed_)
    return;
  handshake_.receive(input_);
  go_on();
}

// -- the end ------------------------------------------------------------------

void link_attempt::decide() {
  auto me = shared_from_this();
  auto state = handshake_.state();
  if (auto tell = std::exchange(on_decided_, nullptr))
    tell(*this, state == handshake_state::done
                  ? std::move(socket_)
                  : tcp::socket{deadline_.get_executor()});
  if (closed_)
    return;
  if (state == handshake_state::refused && !handshake_.refused_by_peer())
    linger();
  else
    end();
}

/// Closing with something unread would reset the connection, which may overtake
/// the refusal: so the peer is left to close it.
void link_attempt::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  drain();
}

void link_attempt::drain() {
  input_.resize(drained_at_once);
  socket_.async_read_some(boost::asio::buffer(input_),
                          [me = shared_from_this()](error_code e, std::size_t) {
                            me->contain([&] {
                              if (e)
                                me->end();
                              else
                                me->drain();
                            });
                          });
}

void link_attempt::give_up(const std::string& what, error_code e) {
  auto me = shared_from_this();
  if (on_decided_) {
    trouble_ = e ? what + ": " + e.message() : what;
    std::exchange(on_decided_, nullptr)(*this,
                                        tcp::socket{deadline_.get_executor()});
  }
  end();
}

/// Others are none the worse for it.
void link_attempt::on_out_of_memory() {
  try {
    give_up("there is no memory for it", {});
  } catch (const std::bad_alloc&) {
    end(); // nor for telling
  }
}

void link_attempt::end() {
  close();
  if (auto tell = std::exchange(on_ended_, nullptr))
    tell(*this);
}

void link_attempt::close() {
  closed_ = true;
  error_code ignored;
  resolver_.cancel();
  socket_.close(ignored);
  deadline_.cancel();
}

} // namespace weir::cluster
