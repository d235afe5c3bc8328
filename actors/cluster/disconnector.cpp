#include "actors/cluster/disconnector.hpp"

#include "actors/contract/cluster.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "config/log.hpp"

#include <caf/stateful_actor.hpp>

#include <map>
#include <memory>
#include <utility>

namespace weir {

namespace {

using engineio::unwanted;

struct disconnector_state {
  static inline const char* name = "weir.disconnector";

  using answer = caf::typed_response_promise<disconnected>;

  disconnector_state(disconnector_actor::pointer self,
                     disconnector_options given)
    : self(self), options(std::move(given)) {}

  disconnector_actor::behavior_type make_behavior() {
    return {
      [this](disconnect_clients& x) { return on_disconnect(std::move(x)); },
      [this](disconnect_user& x) { return on_user(std::move(x)); },
      [this](deny& x) { on_denied(std::move(x)); },
      [this](const peer_joined& x) { on_joined(x); },
      [this](const peer_gone& x) { peers.leave(x.tag); },
      [this](nodes_missing& x) { peers.miss(std::move(x.names)); },
      [this](const disconnect_everywhere& x) { return on_everywhere(x); },
      [this](const clients_searched& x) { on_searched(x); },
    };
  }

  // -- this node --------------------------------------------------------------

  caf::result<disconnected> on_disconnect(disconnect_clients x) {
    log::info("clients are sent away",
              {{"id", x.id}, {"namespace", x.nsp}, {"room", x.room}});
    if (!x.id.empty())
      return search({unwanted::kind::id, std::move(x.id)});
    auto* nsp = options.rules->find(x.nsp);
    if (nsp == nullptr)
      return disconnected{};
    return self->delegate(options.directory,
                          disconnect_room{nsp->index(), std::move(x.room)});
  }

  answer on_user(disconnect_user x) {
    log::info("a user is sent away", {{"user", x.user}});
    return search({unwanted::kind::user, std::move(x.user)});
  }

  /// Whoever comes from now on is refused by the list, which has it already.
  void on_denied(deny x) {
    log::info("denied", {{"name", x.name}});
    options.disconnect(
      {unwanted::kind::denied, std::move(x.name)},
      [sent_away = count(self->system(), metrics::denied_sockets)](auto n) {
        sent_away->inc(static_cast<std::int64_t>(n));
      });
  }

  answer search(unwanted whom) {
    auto number = ++last_search;
    auto result = self->make_response_promise<disconnected>();
    searches.emplace(number, result);
    options.disconnect(std::move(whom), [me = disconnector_actor{self},
                                         number](std::size_t found) {
      tell_anonymously(me, clients_searched{number,
                                            static_cast<std::uint32_t>(found)});
    });
    return result;
  }

  void on_searched(const clients_searched& x) {
    if (auto found = searches.extract(x.search))
      found.mapped().deliver(disconnected{x.found, {}});
  }

  // -- all nodes --------------------------------------------------------------

  struct peer {
    std::string node;
    disconnector_peer_actor handle; ///< null: it knows no such service
    user_disconnector_actor users;  ///< likewise
  };

  void on_joined(const peer_joined& x) {
    peers.join(
      x.tag, {x.node, service<disconnector_peer_actor>(x, disconnector_service),
              service<user_disconnector_actor>(x, user_disconnector_service)});
  }

  /// Null: the node is of a version that has none.
  template <class Handle>
  static Handle service(const peer_joined& x, std::string_view name) {
    auto i = x.services.find(std::string{name});
    return i == x.services.end() ? Handle{}
                                 : caf::actor_cast<Handle>(i->second);
  }

  /// What some nodes have answered so far.
  struct tally {
    answer asked;
    disconnected result;
    std::size_t left;

    void one_less() {
      if (--left == 0)
        asked.deliver(std::move(result));
    }
  };

  answer on_everywhere(const disconnect_everywhere& x) {
    auto all = peers.present();
    all.push_back({options.node, self, self});
    auto sum = std::make_shared<tally>(
      tally{self->make_response_promise<disconnected>(),
            {0, peers.missing()},
            all.size()});
    for (auto& y : all)
      ask_one(sum, y, x);
    return sum->asked;
  }

  void ask_one(const std::shared_ptr<tally>& sum, const peer& to,
               const disconnect_everywhere& x) {
    if (x.user.empty())
      ask(sum, to.node, to.handle, x.whom);
    else
      ask(sum, to.node, to.users, disconnect_user{x.user});
  }

  template <class Handle, class Message>
  void ask(const std::shared_ptr<tally>& sum, const std::string& node,
           const Handle& whom, const Message& x) {
    auto is_silent = [sum, node] {
      sum->result.silent.push_back(node);
      sum->one_less();
    };
    if (!whom) {
      is_silent();
      return;
    }
    self->request(whom, disconnect_patience, x)
      .then(
        [sum](const disconnected& y) {
          sum->result.clients += y.clients;
          sum->one_less();
        },
        [is_silent](const caf::error&) { is_silent(); });
  }

  disconnector_actor::pointer self;
  disconnector_options options;
  asked_nodes<peer> peers;
  std::map<std::uint64_t, answer> searches; ///< that the loops are busy with
  std::uint64_t last_search = 0;
};

} // namespace

disconnector_actor spawn_disconnector(actor_executor executor,
                                      disconnector_options x) {
  return executor.spawn<disconnector_actor, disconnector_state>(std::move(x));
}

} // namespace weir
