#include "actors/node/controller.hpp"

#include "actors/node/action_request.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"

#include <caf/stateful_actor.hpp>

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace weir {

namespace {

/// Who does not answer here, earlier than this node is named as silent.
constexpr auto order_patience = std::chrono::milliseconds{1500};

using schemas::action_status;
using kind = action_request::kind;

struct controller_state {
  static inline const char* name = "weir.controller";

  controller_state(controller_actor::pointer self, controller_options given)
    : self(self), options(std::move(given)) {}

  controller_actor::behavior_type make_behavior() {
    return {
      [this](const operator_action& x) { return on_action(x); },
      [this](const peer_joined& x) { on_joined(x); },
      [this](const peer_gone& x) { peers.leave(x.tag); },
      [this](nodes_missing& x) { peers.miss(std::move(x.names)); },
      [this](emits_answered& x) { on_emits_answered(x); },
      [this](controlled_actors& x) { here = std::move(x); },
      [this](use_routes& x) { options.rules = std::move(x.rules); },
      [this](const act_on_nodes& x) { return on_act(x); },
      [this](publish_event& x) { return on_publish(std::move(x)); },
    };
  }

  // -- this node --------------------------------------------------------------

  using answer = caf::typed_response_promise<status_part>;

  caf::result<status_part> on_action(const operator_action& x) {
    auto [request, problem] = parse_action_request(x.path, x.query, x.body);
    if (!request) // a later version knows more
      return status_part{{}, "no such action: " + x.path + ' ' + problem};
    switch (request->what) {
      case kind::drain:
        drain_node();
        break;
      case kind::log_level:
        set_log_level(*request, x.query);
        break;
      case kind::reload:
        return reload();
      default:
        return order(*request);
    }
    return status_part{to_bytes(action_status{.done = 1}), {}};
  }

  void drain_node() {
    log::warning("the node stops, as an operator wants");
    tell(self, options.gateway, drain{});
  }

  static void set_log_level(const action_request& x, const std::string& query) {
    log::warning("the log's level changes until the next start", // always seen
                 {{"to", query}});
    log::set_level(x.level);
  }

  answer reload() {
    auto result = self->make_response_promise<status_part>();
    self
      ->request(options.gateway, reload_patience - action_patience / 2,
                reload_config{})
      .then(
        [result](config_reloaded& x) mutable {
          auto done = x.problems.empty() ? 1u : 0u;
          result.deliver(status_part{
            to_bytes(action_status{done, std::move(x.problems), {}}), {}});
        },
        [result](const caf::error& e) mutable {
          result.deliver(
            status_part{{}, "GATEWAY does not answer: " + to_string(e)});
        });
    return result;
  }

  // -- its sockets ------------------------------------------------------------

  /// What the loops have answered so far.
  struct loops_tally {
    answer asked;
    action_status result{};
    std::size_t left;

    void add(order_done&& x) {
      result.done += x.sockets;
      if (!x.problem.empty() && result.problems.empty())
        result.problems.push_back(std::move(x.problem));
      one_less();
    }

    void one_less() {
      if (--left == 0)
        asked.deliver(status_part{to_bytes(result), {}});
    }
  };

  static socket_order order_of(action_request&& x) {
    using enum socket_order::kind;
    return {x.what == kind::emit   ? emit
            : x.what == kind::join ? join
                                   : leave,
            std::move(x.sid),
            std::move(x.user),
            std::move(x.nsp),
            std::move(x.room),
            std::move(x.event),
            std::move(x.args)};
  }

  /// A loop that does not answer in time makes this node a silent one.
  answer order(action_request x) {
    auto sum = std::make_shared<loops_tally>(
      loops_tally{self->make_response_promise<status_part>(),
                  {},
                  here.censuses.size() + 1});
    auto message = order_of(std::move(x));
    for (auto& census : here.censuses)
      self->request(census, order_patience, message)
        .then([sum](order_done& y) { sum->add(std::move(y)); },
              [sum](const caf::error& e) mutable {
                if (sum->asked.pending())
                  sum->asked.deliver(
                    status_part{{}, "a loop does not answer: " + to_string(e)});
              });
    sum->one_less();
    return sum->asked;
  }

  // -- records ----------------------------------------------------------------

  caf::result<event_published> on_publish(publish_event x) {
    auto to = destination_of(x);
    if (to.error != emit_errc::none)
      return event_published{to.error, std::move(to.message)};
    auto number = ++last_emit;
    emit_event message{controller_actor{self},
                       {std::make_shared<const socket_identity>(
                          socket_identity{{}, to.route->nsp}),
                        {},
                        number},
                       std::move(x.event),
                       std::move(x.args),
                       {},
                       0,
                       std::make_unique<destination>(std::move(to))};
    emit_events all{std::make_shared<std::vector<emit_event>>()};
    all.all->push_back(std::move(message));
    tell(self, here.router, std::move(all));
    auto result = self->make_response_promise<event_published>();
    emits.emplace(number, result);
    return result;
  }

  /// Whatever events the mapping takes from clients.
  destination destination_of(const publish_event& x) const {
    destination result;
    auto refused = [&result](std::string why) {
      result.error = emit_errc::unknown_room;
      result.message = std::move(why);
      return std::move(result);
    };
    auto* rules = options.rules->find(x.nsp);
    if (rules == nullptr)
      return refused("there is no namespace \"" + x.nsp + '"');
    result.route = rules->mapping_of(x.room);
    if (result.route == nullptr)
      return refused("no mapping of " + x.nsp + " has such a room");
    result.room = x.room;
    result.key = result.route->key_of(x.room).value_or("");
    return result;
  }

  void on_emits_answered(emits_answered& x) {
    for (auto& y : x.all)
      if (auto found = emits.extract(y.ack.request))
        found.mapped().deliver(event_published{
          y.error, std::move(y.message), y.route ? y.route->settings.topic : "",
          y.partition, y.offset});
  }

  // -- all nodes --------------------------------------------------------------

  struct peer {
    std::string node;
    controller_peer_actor handle; ///< null: it knows no such service
  };

  void on_joined(const peer_joined& x) {
    auto i = x.services.find(std::string{controller_service});
    peers.join(x.tag,
               {x.node, i == x.services.end()
                          ? controller_peer_actor{}
                          : caf::actor_cast<controller_peer_actor>(i->second)});
  }

  struct tally {
    caf::typed_response_promise<actions_answered> asked;
    actions_answered result;
    std::size_t left;

    void add(const std::string& node, action_status&& x) {
      auto& sum = result.sum;
      sum.done += x.done;
      for (auto& problem : x.problems)
        sum.problems.push_back(node + ": " + problem);
    }

    void one_less() {
      if (--left == 0)
        asked.deliver(std::move(result));
    }
  };

  caf::typed_response_promise<actions_answered> on_act(const act_on_nodes& x) {
    auto wanted = nodes_for(x.node);
    auto sum = std::make_shared<tally>(tally{
      self->make_response_promise<actions_answered>(), {}, wanted.size() + 1});
    sum->result.sum.silent_nodes = sum->result.down = peers.missing(x.node);
    if (wanted.empty() && sum->result.down.empty())
      sum->result.known = names();
    for (auto& y : wanted)
      ask(sum, y, x.action);
    sum->one_less();
    return sum->asked;
  }

  std::vector<peer> nodes_for(const std::optional<std::string>& wanted) const {
    auto result = peers.present(wanted);
    if (!wanted || wanted->empty() || *wanted == options.node)
      result.push_back({options.node, self});
    return result;
  }

  std::vector<std::string> names() const {
    auto result = peers.names();
    result.insert(result.begin(), options.node);
    return result;
  }

  void ask(const std::shared_ptr<tally>& sum, const peer& to,
           const operator_action& x) {
    auto is_silent = [sum, name = to.node] {
      sum->result.sum.silent_nodes.push_back(name);
      sum->one_less();
    };
    if (!to.handle) {
      is_silent();
      return;
    }
    self->request(to.handle, patience_for(x.path), x)
      .then(
        [sum, name = to.node, is_silent](const status_part& y) {
          auto status = schemas::action_from(y.bytes);
          if (!y.error.empty() || !status)
            return is_silent();
          sum->add(name, std::move(*status));
          sum->one_less();
        },
        [is_silent](const caf::error&) { is_silent(); });
  }

  controller_actor::pointer self;
  controller_options options;
  controlled_actors here;
  asked_nodes<peer> peers;
  /// That Kafka has yet to confirm, by number; each is answered.
  std::map<std::uint64_t, caf::typed_response_promise<event_published>> emits;
  std::uint64_t last_emit = 0;
};

} // namespace

std::chrono::seconds patience_for(std::string_view path) {
  return path == reload_path ? reload_patience : action_patience;
}

controller_actor spawn_controller(actor_executor executor,
                                  controller_options x) {
  return executor.spawn<controller_actor, controller_state>(std::move(x));
}

} // namespace weir
