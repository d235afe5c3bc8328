#include "transport/http/client_server.hpp"

#include "transport/engineio/session_drain.hpp"
#include "transport/engineio/sid.hpp"
#include "transport/http/client_loop.hpp"
#include "transport/http/descriptors.hpp"
#include "transport/http/forwarded_exchange.hpp"
#include "transport/http/listener.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <utility>

namespace weir::http {

struct client_server::impl {
  std::string url;
  std::shared_ptr<client_port> port;
  std::vector<boost::asio::io_context*> contexts;
  std::vector<std::shared_ptr<client_loop>> loops;
  std::vector<std::shared_ptr<listener>> listeners;
};

namespace {

/// A client that polls may have a request of each kind, one that upgrades both
/// of its transports.
constexpr std::size_t sockets_per_session = 2;

std::shared_ptr<engineio::admission> socket_admission(const options& x) {
  auto all = std::min(sockets_per_session * x.server.max_connections,
                      client_descriptors(x, descriptor_limit()));
  return std::make_shared<engineio::admission>(
    all, sockets_per_session * x.limits.connections_per_address);
}

} // namespace

client_server::client_server(const options& settings,
                             std::vector<boost::asio::io_context*> loops,
                             accept_session accept,
                             std::shared_ptr<request_forwarder> forwarder,
                             const engineio::tell_port_event& tell,
                             const std::shared_ptr<descriptor_reserve>& reserve,
                             const std::shared_ptr<const tls_port>& tls,
                             engineio::outbox_budget::show_change show_outboxes,
                             ask_health health)
  : impl_(std::make_shared<impl>()) {
  if (loops.empty() || loops.size() > engineio::max_loops)
    throw std::runtime_error("[server] io_threads must be 1 to 256");
  auto ports = open_port(settings.server.listen, "[server] listen", loops);
  impl_->url = url_of(ports.front(), tls != nullptr);
  impl_->port = std::make_shared<client_port>(settings, std::move(accept),
                                              std::move(forwarder));
  if (settings.server.health)
    impl_->port->health = std::move(health);
  impl_->contexts = std::move(loops);
  auto sockets = socket_admission(settings);
  auto outboxes = std::make_shared<engineio::outbox_budget>(
    settings.limits.outboxes, std::move(show_outboxes));
  std::vector<std::weak_ptr<client_loop>> all;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    auto on = std::make_shared<engineio::loop>(
      *impl_->contexts[i], i, impl_->port->settings, tell, outboxes);
    auto loop = std::make_shared<client_loop>(impl_->port, std::move(on));
    impl_->listeners.push_back(std::make_shared<listener>(
      std::move(ports[i]),
      listener_options{
        sockets,
        [loop](engineio::client_stream x) { loop->serve(std::move(x)); },
        [loop](engineio::port_event x) { loop->tell(x); }, reserve, false, tls,
        [port = impl_->port](auto& x) { return port->proxies.contains(x); }}));
    all.emplace_back(loop);
    impl_->loops.push_back(std::move(loop));
  }
  // Each loop learns of the others and begins on its own thread.
  for (std::size_t i = 0; i < all.size(); ++i)
    impl_->loops[i]->introduce(all);
  for (auto& x : impl_->listeners)
    x->start();
}

client_server::~client_server() {
  stop_accepting();
  for (auto& x : impl_->listeners)
    x->close();
  for (auto& x : impl_->loops)
    x->discard();
}

std::string client_server::url() const {
  return impl_->url;
}

std::shared_ptr<forwarded_handle> client_server::serve(poll_request x,
                                                       respond_poll respond) {
  auto index = engineio::loop_of(engine_request{x}.sid).value_or(0);
  auto& loop = impl_->loops[index < impl_->loops.size() ? index : 0];
  auto poll = std::make_shared<forwarded_exchange>(
    loop->on_loop().get_executor(), std::move(respond));
  boost::asio::post(loop->on_loop().get_executor(),
                    [loop, poll, x = std::move(x)]() mutable {
                      loop->serve(poll, std::move(x));
                    });
  return poll;
}

void client_server::answer(poll_id id, poll_answer x) {
  auto index = forwarded_requests::loop_of(id);
  if (index >= impl_->loops.size())
    return;
  boost::asio::post(*impl_->contexts[index], [loop = impl_->loops[index], id,
                                              x = std::move(x)]() mutable {
    loop->answer(id, std::move(x));
  });
}

void client_server::stop_accepting() {
  if (impl_->port->stopping.exchange(true))
    return;
  // Not before all ports are closed: those who are handed back come at once.
  auto open
    = std::make_shared<std::atomic<std::size_t>>(impl_->listeners.size());
  // What waits on one loop keeps nothing of another, which may end before it.
  std::vector<std::weak_ptr<client_loop>> all{impl_->loops.begin(),
                                              impl_->loops.end()};
  auto hand_back = [contexts = impl_->contexts, all = std::move(all)] {
    for (std::size_t i = 0; i < all.size(); ++i)
      boost::asio::post(*contexts[i], [x = all[i]] {
        if (auto loop = x.lock())
          loop->complete_forwarded_now();
      });
  };
  for (std::size_t i = 0; i < impl_->listeners.size(); ++i)
    boost::asio::post(*impl_->contexts[i],
                      [x = impl_->listeners[i], open, hand_back] {
                        x->finish();
                        if (--*open == 0)
                          hand_back();
                      });
}

void client_server::drain(std::chrono::milliseconds over,
                          std::function<void()> done) {
  auto left = std::make_shared<std::atomic<std::size_t>>(impl_->loops.size());
  auto one_done = [left, done = std::move(done)] {
    if (--*left == 0)
      done();
  };
  for (std::size_t i = 0; i < impl_->loops.size(); ++i)
    boost::asio::post(*impl_->contexts[i], [x = impl_->loops[i], over,
                                            one_done] {
      auto on = x->on_loop().shared_from_this();
      std::make_shared<engineio::session_drain>(on, over, one_done)->start();
    });
}

void client_server::change(const options& to) {
  impl_->port->rates.change(to.limits);
  for (std::size_t i = 0; i < impl_->loops.size(); ++i)
    boost::asio::post(*impl_->contexts[i],
                      [x = impl_->loops[i], cors = to.server.cors] {
                        x->set_cors(cors);
                      });
}

void client_server::close_sessions() {
  for (std::size_t i = 0; i < impl_->loops.size(); ++i)
    boost::asio::post(*impl_->contexts[i], [x = impl_->loops[i]] {
      for (auto& session : x->on_loop().sessions().all())
        session->shut_down();
    });
}

void client_server::disconnect(engineio::unwanted whom,
                               std::function<void(std::size_t found)> done) {
  struct search {
    search(engineio::unwanted x, std::function<void(std::size_t)> f,
           std::size_t loops)
      : whom(std::move(x)), done(std::move(f)), left(loops) {}

    engineio::unwanted whom;
    std::function<void(std::size_t)> done;
    std::atomic<std::size_t> left;
    std::atomic<std::size_t> found{0};
  };
  auto x = std::make_shared<search>(std::move(whom), std::move(done),
                                    impl_->loops.size());
  for (std::size_t i = 0; i < impl_->loops.size(); ++i)
    boost::asio::post(*impl_->contexts[i], [x, on = impl_->loops[i]] {
      for (auto& session : on->on_loop().sessions().all())
        x->found += session->disconnect(x->whom);
      if (--x->left == 0)
        x->done(x->found);
    });
}

std::size_t client_server::sessions() const {
  std::size_t n = 0;
  for (auto& x : impl_->loops)
    n += x->on_loop().sessions().size();
  return n;
}

engineio::traffic_sum client_server::traffic() const {
  engineio::traffic_sum sum;
  for (auto& x : impl_->loops)
    sum.add(x->on_loop().traffic());
  return sum;
}

} // namespace weir::http
