#include "actors/cluster/link_transport.hpp"

#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/stream_impl.hpp>
#include <caf/make_counted.hpp>
#include <caf/policy/tcp.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace weir {

namespace {

namespace net = caf::io::network;

/// Beyond every descriptor, so that it is nothing that CAF numbers itself.
caf::io::connection_handle next_handle() {
  static std::atomic<std::int64_t> last{std::int64_t{1} << 32};
  return caf::io::connection_handle::from_int(++last);
}

/// What TLS had against a connection first, if anything; on CAF's I/O thread,
/// once it has begun.
using tls_error = std::shared_ptr<std::string>;

/// Tells of a connection's end when nobody holds it any more.
struct on_release {
  on_release(link_released f, tls_error x)
    : tell(std::move(f)), why(std::move(x)) {}

  ~on_release() {
    if (tell)
      tell(*why);
  }

  link_released tell;
  tls_error why;
};

using release_notice = std::shared_ptr<on_release>;

/// Holds a notice until BASP has forgotten the connection: that comes after all
/// that was received on it, which other threads may still be decoding. Looks
/// once per turn of the loop.
struct await_basp_cleanup {
  void operator()() {
    auto& broker = static_cast<caf::io::basp_broker&>(*basp->get());
    if (broker.ctx.contains(handle))
      loop->post(std::move(*this));
  }

  net::default_multiplexer* loop;
  caf::strong_actor_ptr basp;
  caf::io::connection_handle handle;
  release_notice held;
};

class plain_policy {
public:
  static constexpr bool speaks_first = false;

  net::rw_state read_some(size_t& n, net::native_socket fd, void* to,
                          size_t size) {
    return caf::policy::tcp::read_some(n, fd, to, size);
  }

  net::rw_state write_some(size_t& n, net::native_socket fd, const void* from,
                           size_t size) {
    return caf::policy::tcp::write_some(n, fd, from, size);
  }

  bool must_read_more(net::native_socket, size_t) { return false; }
};

class tls_policy {
public:
  /// Both sides begin before there is anything to send.
  static constexpr bool speaks_first = true;

  tls_policy(std::unique_ptr<link_tls> tls, tls_error out)
    : tls_(std::move(tls)), tls_error_(std::move(out)) {}

  net::rw_state read_some(size_t& n, net::native_socket, void* to,
                          size_t size) {
    return state_of(tls_->read(n, to, size));
  }

  net::rw_state write_some(size_t& n, net::native_socket, const void* from,
                           size_t size) {
    return state_of(tls_->write(n, from, size));
  }

  bool must_read_more(net::native_socket, size_t threshold) {
    return tls_->pending() >= threshold;
  }

private:
  net::rw_state state_of(link_tls::result x) {
    switch (x) {
      case link_tls::result::progress:
        return net::rw_state::success;
      case link_tls::result::wants_read:
        return net::rw_state::want_read;
      case link_tls::result::idle:
        return net::rw_state::indeterminate;
      default:
        *tls_error_ = tls_->problem();
        return net::rw_state::failure;
    }
  }

  std::unique_ptr<link_tls> tls_;
  tls_error tls_error_;
};

/// A policy whose bytes are counted.
template <class Policy>
class counted : public Policy {
public:
  template <class... Ts>
  explicit counted(std::shared_ptr<link_traffic> traffic, Ts&&... xs)
    : Policy(std::forward<Ts>(xs)...), traffic_(std::move(traffic)) {}

  net::rw_state read_some(size_t& n, net::native_socket fd, void* to,
                          size_t size) {
    auto result = Policy::read_some(n, fd, to, size);
    if (result == net::rw_state::success)
      traffic_->note_received(n);
    return result;
  }

  net::rw_state write_some(size_t& n, net::native_socket fd, const void* from,
                           size_t size) {
    auto result = Policy::write_some(n, fd, from, size);
    if (result == net::rw_state::success)
      traffic_->note_sent(n);
    return result;
  }

private:
  std::shared_ptr<link_traffic> traffic_;
};

template <class Policy>
class link_transport : public caf::io::scribe {
public:
  template <class... Ts>
  link_transport(net::default_multiplexer& loop, cluster::native_socket socket,
                 release_notice at_end, Ts&&... policy)
    : scribe(next_handle()),
      at_end_(std::move(at_end)),
      stream_(loop, socket.release(), std::forward<Ts>(policy)...) {}

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (!std::exchange(launched_, true))
      launch();
  }

  void ack_writes(bool enable) override { stream_.ack_writes(enable); }

  caf::byte_buffer& wr_buf() override { return stream_.wr_buf(); }

  caf::byte_buffer& rd_buf() override { return stream_.rd_buf(); }

  void flush() override { stream_.flush(this); }

  void graceful_shutdown() override {
    stream_.graceful_shutdown();
    detach(&stream_.backend(), false);
  }

  std::string addr() const override {
    auto x = net::remote_addr_of_fd(stream_.fd());
    return x ? *x : std::string{};
  }

  std::uint16_t port() const override {
    auto x = net::remote_port_of_fd(stream_.fd());
    return x ? *x : std::uint16_t{0};
  }

  void add_to_loop() override { stream_.activate(this); }

  void remove_from_loop() override { stream_.passivate(); }

protected:
  void detach_from(caf::io::abstract_broker* broker) override {
    scribe::detach_from(broker);
    await_basp_cleanup{&stream_.backend(), broker->ctrl(), hdl(),
                       std::exchange(at_end_, nullptr)}();
  }

private:
  void launch() {
    auto* broker = static_cast<caf::io::basp_broker*>(parent());
    if (auto i = broker->ctx.find(hdl()); i != broker->ctx.end())
      i->second.last_seen = broker->clock().now();
    stream_.start(this);
    if (Policy::speaks_first)
      stream_.force_empty_write(this);
  }

  release_notice at_end_;
  bool launched_ = false;
  net::stream_impl<counted<Policy>> stream_;
};

} // namespace

caf::io::scribe_ptr make_link_transport(caf::actor_system& system,
                                        const link_certificates* certificates,
                                        cluster::native_socket socket,
                                        bool dialed,
                                        std::shared_ptr<link_traffic> traffic,
                                        link_released on_released) {
  auto& loop
    = static_cast<net::default_multiplexer&>(system.middleman().backend());
  auto why = std::make_shared<std::string>();
  auto at_end = std::make_shared<on_release>(std::move(on_released), why);
  if (certificates == nullptr)
    return caf::make_counted<link_transport<plain_policy>>(
      loop, std::move(socket), std::move(at_end), std::move(traffic));
  auto tls = certificates->open(socket.descriptor(), dialed);
  return caf::make_counted<link_transport<tls_policy>>(loop, std::move(socket),
                                                       std::move(at_end),
                                                       std::move(traffic),
                                                       std::move(tls), why);
}

} // namespace weir
