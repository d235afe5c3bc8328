#include "actors/disconnector.hpp"

#include "actors/caf_compat.hpp"
#include "actors/messages.hpp"
#include "config/log.hpp"

#include <caf/stateful_actor.hpp>

#include <map>
#include <memory>
#include <utility>

namespace weir {

namespace {

struct disconnector_state {
  static inline const char* name = "weir.disconnector";

  using answer = caf::typed_response_promise<disconnected>;

  disconnector_state(disconnector_actor::pointer self,
                     disconnector_options given)
    : self(self), options(std::move(given)) {}

  disconnector_actor::behavior_type make_behavior() {
    return {
      [this](disconnect_clients& x) { return on_disconnect(std::move(x)); },
      [this](const peer_joined& x) { on_joined(x); },
      [this](const peer_gone& x) { peers.erase(x.tag); },
      [this](const disconnect_everywhere& x) { return on_everywhere(x.whom); },
      [this](const clients_searched& x) { on_searched(x); },
    };
  }

  // -- this node --------------------------------------------------------------

  caf::result<disconnected> on_disconnect(disconnect_clients x) {
    log::info("clients are sent away",
              {{"id", x.id}, {"namespace", x.nsp}, {"room", x.room}});
    if (!x.id.empty())
      return search(std::move(x.id));
    auto* nsp = options.rules->find(x.nsp);
    if (nsp == nullptr)
      return disconnected{};
    return self->delegate(options.directory,
                          disconnect_room{nsp->index(), std::move(x.room)});
  }

  answer search(std::string id) {
    auto number = ++last_search;
    auto result = self->make_response_promise<disconnected>();
    searches.emplace(number, result);
    options.turn_out(std::move(id),
                     [me = disconnector_actor{self}, number](bool found) {
                       tell_anonymously(me, clients_searched{number, found});
                     });
    return result;
  }

  void on_searched(const clients_searched& x) {
    if (auto found = searches.extract(x.search))
      found.mapped().deliver(disconnected{x.found ? 1u : 0u, {}});
  }

  // -- all nodes --------------------------------------------------------------

  struct peer {
    std::string node;
    disconnector_peer_actor handle;
  };

  void on_joined(const peer_joined& x) {
    auto i = x.services.find(std::string{disconnector_service});
    peers[x.tag] = {x.node,
                    i == x.services.end()
                      ? disconnector_peer_actor{}
                      : caf::actor_cast<disconnector_peer_actor>(i->second)};
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

  answer on_everywhere(const disconnect_clients& x) {
    auto sum = std::make_shared<tally>(
      tally{self->make_response_promise<disconnected>(), {}, peers.size() + 1});
    ask(sum, options.node, disconnector_peer_actor{self}, x);
    for (auto& [tag, y] : peers)
      ask(sum, y.node, y.handle, x);
    return sum->asked;
  }

  void ask(const std::shared_ptr<tally>& sum, const std::string& node,
           const disconnector_peer_actor& whom, const disconnect_clients& x) {
    auto is_silent = [sum, node] {
      sum->result.silent.push_back(node);
      sum->one_less();
    };
    if (!whom) {
      is_silent(); // of a version that knows no such service
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
  std::map<std::string, peer> peers;        ///< by tag
  std::map<std::uint64_t, answer> searches; ///< that the loops are busy with
  std::uint64_t last_search = 0;
};

} // namespace

disconnector_actor spawn_disconnector(actor_home home, disconnector_options x) {
  return home.spawn<disconnector_actor, disconnector_state>(std::move(x));
}

} // namespace weir
