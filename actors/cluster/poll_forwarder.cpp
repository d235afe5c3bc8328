#include "actors/cluster/poll_forwarder.hpp"

#include "actors/contract/cluster.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "config/log.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace weir {

namespace {

using http::poll_id;

class forwarder final : public http::request_forwarder {
public:
  forwarder(caf::actor_system& system, poll_forwarder_actor to)
    : to_(std::move(to)),
      refused_(count(system, metrics::forwarded_polls, "refused")) {}

  void forward(std::string_view node, poll_id id,
               http::poll_request x) override {
    tell_anonymously(to_, forward_request{std::string{node}, id, std::move(x)});
  }

  void cancel(std::string_view node, poll_id id) override {
    tell_anonymously(to_, forward_cancel{std::string{node}, id});
  }

  void complete_now(std::string_view node, poll_id id) override {
    tell_anonymously(to_, forward_complete_now{std::string{node}, id});
  }

  void on_refused() override { refused_->inc(); }

private:
  poll_forwarder_actor to_;
  caf::telemetry::int_counter* refused_;
};

/// A client's request that another node is to answer.
struct waiting_poll {
  std::string tag; ///< of that node
  std::size_t bytes;
};

/// For clients of this node it remembers which requests wait for which peer;
/// for clients of other nodes, which requests its sessions have.
struct poll_forwarder_state {
  static inline const char* name = "weir.poll-forwarder";

  poll_forwarder_state(poll_forwarder_actor::pointer self,
                       poll_forwarder_options given)
    : self(self),
      options(std::move(given)),
      in_flight(gauge(self->system(), metrics::forwarded_requests_in_flight)),
      in_flight_bytes(
        gauge(self->system(), metrics::forwarded_requests_in_flight_bytes)),
      answered(count("answered")),
      unreachable(count("unreachable")),
      given_up(count("given_up")) {}

  ~poll_forwarder_state() {
    while (!waiting.empty())
      forget(waiting.begin());
  }

  poll_forwarder_actor::behavior_type make_behavior() {
    return {
      [this](forwarded_request& x) { on_forwarded_request(std::move(x)); },
      [this](const forwarded_cancel& x) { on_forwarded_cancel(x); },
      [this](const forwarded_complete_now& x) { on_forwarded_complete_now(x); },
      [this](forwarded_response& x) { on_forwarded_response(std::move(x)); },
      [this](const peer_joined& x) { on_joined(x); },
      [this](const peer_gone& x) { on_gone(x.tag); },
      [this](forward_request& x) { on_forward_request(std::move(x)); },
      [this](const forward_cancel& x) { on_forward_cancel(x); },
      [this](const forward_complete_now& x) { on_forward_complete_now(x); },
      [this](forward_response& x) { on_forward_response(std::move(x)); },
    };
  }

  caf::telemetry::int_counter* count(std::string_view result) {
    return weir::count(self->system(), metrics::forwarded_polls, result);
  }

  // -- which nodes there are --------------------------------------------------

  void on_joined(const peer_joined& x) {
    on_gone(x.tag);
    auto i = x.services.find(std::string{poll_service});
    if (i != x.services.end() && i->second)
      peers[x.tag] = caf::actor_cast<poll_peer_actor>(i->second);
  }

  /// Clients that wait for it reconnect; those that it has are gone.
  void on_gone(const std::string& tag) {
    auto peer = peers.extract(tag);
    if (!peer)
      return;
    for (auto i = waiting.begin(); i != waiting.end();)
      if (auto x = i++; x->second.tag == tag) {
        auto id = x->first;
        forget(x);
        fail(id);
      }
    auto lost = served.extract(peer.mapped().address());
    if (!lost)
      return;
    for (auto& [id, handle] : lost.mapped())
      handle->cancel();
  }

  // -- clients of this node ---------------------------------------------------

  void on_forward_request(forward_request x) {
    auto peer = peers.find(x.tag);
    if (peer == peers.end())
      return fail(x.id);
    auto bytes = x.request.body.size();
    waiting.emplace(x.id, waiting_poll{x.tag, bytes});
    in_flight->inc();
    in_flight_bytes->inc(static_cast<std::int64_t>(bytes));
    auto& y = x.request;
    tell(self, peer->second,
         forwarded_request{x.id, std::move(y.method), std::move(y.target),
                           std::move(y.content_type), std::move(y.body),
                           std::move(y.user)});
  }

  void fail(poll_id id) {
    unreachable->inc();
    options.answer(id, http::unknown_session());
  }

  void on_forward_cancel(const forward_cancel& x) {
    auto i = waiting.find(x.id);
    if (i == waiting.end())
      return; // its answer was on its way
    given_up->inc();
    tell(self, peers.at(i->second.tag), forwarded_cancel{x.id});
    forget(i);
  }

  void on_forward_complete_now(const forward_complete_now& x) {
    if (auto i = waiting.find(x.id); i != waiting.end())
      tell(self, peers.at(i->second.tag), forwarded_complete_now{x.id});
  }

  void on_forwarded_response(forwarded_response x) {
    auto i = waiting.find(x.id);
    if (i == waiting.end())
      return; // of a node that was thought to be gone
    forget(i);
    answered->inc();
    options.answer(x.id,
                   {x.status, std::move(x.content_type), std::move(x.body)});
  }

  void forget(std::unordered_map<poll_id, waiting_poll>::iterator x) {
    in_flight->dec();
    in_flight_bytes->dec(static_cast<std::int64_t>(x->second.bytes));
    waiting.erase(x);
  }

  // -- sessions of this node --------------------------------------------------

  void on_forwarded_request(forwarded_request x) {
    auto peer = caf::actor_cast<poll_peer_actor>(self->current_sender());
    auto me = poll_forwarder_actor{self};
    auto respond = [me, peer, id = x.id](http::poll_answer answer) {
      tell_anonymously(me, forward_response{peer, id, std::move(answer)});
    };
    served[peer.address()][x.id] = options.serve(
      {std::move(x.method), std::move(x.target), std::move(x.content_type),
       std::move(x.body), std::move(x.user)},
      std::move(respond));
  }

  void on_forwarded_cancel(const forwarded_cancel& x) {
    if (auto handle = take_served(self->current_sender()->address(), x.id))
      handle->cancel();
  }

  void on_forwarded_complete_now(const forwarded_complete_now& x) {
    auto theirs = served.find(self->current_sender()->address());
    if (theirs == served.end())
      return;
    if (auto i = theirs->second.find(x.id); i != theirs->second.end())
      i->second->complete_now();
  }

  void on_forward_response(forward_response x) {
    if (!take_served(x.peer.address(), x.id))
      return; // it has been given up
    tell(self, x.peer,
         forwarded_response{x.id, static_cast<std::uint16_t>(x.answer.status),
                            std::move(x.answer.content_type),
                            std::move(x.answer.body)});
  }

  using handle_ptr = std::shared_ptr<http::forwarded_handle>;

  /// Null: it is not there (any more).
  handle_ptr take_served(const caf::actor_addr& peer, poll_id id) {
    auto theirs = served.find(peer);
    if (theirs == served.end())
      return nullptr;
    auto x = theirs->second.extract(id);
    if (theirs->second.empty())
      served.erase(theirs);
    return x ? std::move(x.mapped()) : nullptr;
  }

  poll_forwarder_actor::pointer self;
  poll_forwarder_options options;
  std::map<std::string, poll_peer_actor> peers; ///< by tag
  std::unordered_map<poll_id, waiting_poll> waiting;
  std::map<caf::actor_addr, std::unordered_map<poll_id, handle_ptr>> served;
  caf::telemetry::int_gauge* in_flight;
  caf::telemetry::int_gauge* in_flight_bytes;
  caf::telemetry::int_counter* answered;
  caf::telemetry::int_counter* unreachable;
  caf::telemetry::int_counter* given_up;
};

} // namespace

poll_forwarder_actor spawn_poll_forwarder(actor_executor executor,
                                          poll_forwarder_options options) {
  return executor.spawn<poll_forwarder_actor, poll_forwarder_state>(
    std::move(options));
}

std::shared_ptr<http::request_forwarder>
make_request_forwarder(caf::actor_system& system, poll_forwarder_actor to) {
  return std::make_shared<forwarder>(system, std::move(to));
}

} // namespace weir
