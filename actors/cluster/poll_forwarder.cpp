#include "actors/cluster/poll_forwarder.hpp"

#include "actors/contract/cluster.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "config/log.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace weir {

namespace {

using http::poll_id;

class carrier final : public http::poll_carrier {
public:
  carrier(caf::actor_system& system, poll_forwarder_actor to)
    : to_(std::move(to)),
      refused_(count(system, metrics::forwarded_polls, "refused")) {}

  void forward(std::string_view node, poll_id id,
               http::poll_request x) override {
    tell_anonymously(to_, poll_taken{std::string{node}, id, std::move(x)});
  }

  void abort(std::string_view node, poll_id id) override {
    tell_anonymously(to_, poll_given_up{std::string{node}, id});
  }

  void hurry(std::string_view node, poll_id id) override {
    tell_anonymously(to_, poll_hurried{std::string{node}, id});
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
      under_way(gauge(self->system(), metrics::polls_under_way)),
      under_way_bytes(gauge(self->system(), metrics::polls_under_way_bytes)),
      answered(count("answered")),
      unreachable(count("unreachable")),
      given_up(count("given_up")) {}

  ~poll_forwarder_state() {
    while (!waiting.empty())
      forget(waiting.begin());
  }

  poll_forwarder_actor::behavior_type make_behavior() {
    return {
      [this](forward_poll& x) { on_forward(std::move(x)); },
      [this](const poll_aborted& x) { on_aborted(x); },
      [this](const hurry_poll& x) { on_hurry(x); },
      [this](poll_answered& x) { on_answered(std::move(x)); },
      [this](const peer_joined& x) { on_joined(x); },
      [this](const peer_gone& x) { on_gone(x.tag); },
      [this](poll_taken& x) { on_taken(std::move(x)); },
      [this](const poll_given_up& x) { on_given_up(x); },
      [this](const poll_hurried& x) { on_hurried(x); },
      [this](guest_answered& x) { on_guest_answered(std::move(x)); },
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

  /// Clients that wait for it connect anew; those that it has are gone.
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
    auto lost = guests.extract(peer.mapped().address());
    if (!lost)
      return;
    for (auto& [id, guest] : lost.mapped())
      guest->abort();
  }

  // -- clients of this node ---------------------------------------------------

  void on_taken(poll_taken x) {
    auto peer = peers.find(x.tag);
    if (peer == peers.end())
      return fail(x.id);
    auto bytes = x.request.body.size();
    waiting.emplace(x.id, waiting_poll{x.tag, bytes});
    under_way->inc();
    under_way_bytes->inc(static_cast<std::int64_t>(bytes));
    auto& y = x.request;
    tell(self, peer->second,
         forward_poll{x.id, std::move(y.method), std::move(y.target),
                      std::move(y.content_type), std::move(y.body),
                      std::move(y.user)});
  }

  void fail(poll_id id) {
    unreachable->inc();
    options.answer(id, http::unknown_session());
  }

  void on_given_up(const poll_given_up& x) {
    auto i = waiting.find(x.id);
    if (i == waiting.end())
      return; // its answer was on its way
    given_up->inc();
    tell(self, peers.at(i->second.tag), poll_aborted{x.id});
    forget(i);
  }

  void on_hurried(const poll_hurried& x) {
    if (auto i = waiting.find(x.id); i != waiting.end())
      tell(self, peers.at(i->second.tag), hurry_poll{x.id});
  }

  void on_answered(poll_answered x) {
    auto i = waiting.find(x.id);
    if (i == waiting.end())
      return; // of a node that was thought to be gone
    forget(i);
    answered->inc();
    options.answer(x.id,
                   {x.status, std::move(x.content_type), std::move(x.body)});
  }

  void forget(std::unordered_map<poll_id, waiting_poll>::iterator x) {
    under_way->dec();
    under_way_bytes->dec(static_cast<std::int64_t>(x->second.bytes));
    waiting.erase(x);
  }

  // -- sessions of this node --------------------------------------------------

  void on_forward(forward_poll x) {
    auto peer = caf::actor_cast<poll_peer_actor>(self->current_sender());
    auto me = poll_forwarder_actor{self};
    auto respond = [me, peer, id = x.id](http::poll_answer answer) {
      tell_anonymously(me, guest_answered{peer, id, std::move(answer)});
    };
    guests[peer.address()][x.id] = options.serve(
      {std::move(x.method), std::move(x.target), std::move(x.content_type),
       std::move(x.body), std::move(x.user)},
      std::move(respond));
  }

  void on_aborted(const poll_aborted& x) {
    if (auto guest = take_guest(self->current_sender()->address(), x.id))
      guest->abort();
  }

  void on_hurry(const hurry_poll& x) {
    auto theirs = guests.find(self->current_sender()->address());
    if (theirs == guests.end())
      return;
    if (auto i = theirs->second.find(x.id); i != theirs->second.end())
      i->second->hurry();
  }

  void on_guest_answered(guest_answered x) {
    if (!take_guest(x.peer.address(), x.id))
      return; // it has been given up
    tell(self, x.peer,
         poll_answered{x.id, static_cast<std::uint16_t>(x.answer.status),
                       std::move(x.answer.content_type),
                       std::move(x.answer.body)});
  }

  using guest = std::shared_ptr<http::served_poll>;

  /// Null: it is not there (any more).
  guest take_guest(const caf::actor_addr& peer, poll_id id) {
    auto theirs = guests.find(peer);
    if (theirs == guests.end())
      return nullptr;
    auto x = theirs->second.extract(id);
    if (theirs->second.empty())
      guests.erase(theirs);
    return x ? std::move(x.mapped()) : nullptr;
  }

  poll_forwarder_actor::pointer self;
  poll_forwarder_options options;
  std::map<std::string, poll_peer_actor> peers; ///< by tag
  std::unordered_map<poll_id, waiting_poll> waiting;
  std::map<caf::actor_addr, std::unordered_map<poll_id, guest>> guests;
  caf::telemetry::int_gauge* under_way;
  caf::telemetry::int_gauge* under_way_bytes;
  caf::telemetry::int_counter* answered;
  caf::telemetry::int_counter* unreachable;
  caf::telemetry::int_counter* given_up;
};

} // namespace

poll_forwarder_actor spawn_poll_forwarder(actor_home home,
                                          poll_forwarder_options options) {
  return home.spawn<poll_forwarder_actor, poll_forwarder_state>(
    std::move(options));
}

std::shared_ptr<http::poll_carrier> make_poll_carrier(caf::actor_system& system,
                                                      poll_forwarder_actor to) {
  return std::make_shared<carrier>(system, std::move(to));
}

} // namespace weir
