#include "actors/node/admin.hpp"

#include "actors/cluster/disconnector.hpp"
#include "actors/node/action_request.hpp"
#include "actors/node/admin_answers.hpp"
#include "actors/node/controller.hpp"
#include "actors/node/disconnect_request.hpp"
#include "actors/node/inspector.hpp"
#include "actors/node/status_request.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/runtime/metrics/node.hpp"
#include "config/log.hpp"
#include "schemas/status_codec.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace weir {

namespace {

/// An actor that does not answer within this time is reported as stuck.
constexpr auto query_timeout = std::chrono::seconds{2};

/// How often it is looked whether the node is ready, without being asked.
constexpr auto readiness_interval = std::chrono::seconds{2};

constexpr auto about_to_stop = "the node is about to stop";

struct admin_state {
  static inline const char* name = "weir.admin";

  admin_state(admin_actor::pointer self, producer_actor producer,
              consumer_group_actor group, cluster_actor cluster,
              disconnector_actor disconnector, inspector_actor inspector,
              controller_actor controller,
              std::function<client_figures()> clients,
              std::shared_ptr<const auth::deny_list> denied)
    : self(self),
      producer(std::move(producer)),
      group(std::move(group)),
      cluster(std::move(cluster)),
      disconnector(std::move(disconnector)),
      inspector(std::move(inspector)),
      controller(std::move(controller)),
      clients(std::move(clients)),
      denied(std::move(denied)) {}

  admin_actor::behavior_type make_behavior() {
    look();
    return {
      [this](const admin_query& x) { on_query(x); },
      [this](drain) { on_drain(); },
    };
  }

  void on_query(const admin_query& x) {
    auto& path = x.request.path;
    auto& method = x.request.method;
    if (method == "DELETE")
      on_delete(x);
    else if (method == "POST")
      on_post(x);
    else if ((method != "GET" && method != "HEAD") || is_action(path))
      x.respond(no_method(path));
    else if (path == "/livez")
      x.respond(text(200, "ok"));
    else if (path == "/readyz")
      find_readiness(
        [respond = x.respond](const schemas::readiness& y) {
          respond(json(schemas::to_json(y), y.ready ? 200 : 503));
        },
        stuck(x.respond));
    else if (path == "/metrics")
      x.respond({200, "text/plain; version=0.0.4; charset=utf-8",
                 metrics_text(self->system(), clients())});
    else
      on_status(x);
  }

  // -- readiness --------------------------------------------------------------

  /// So that metrics and the other nodes tell of it without anybody's asking.
  void look() {
    find_readiness([this](const schemas::readiness&) { look_later(); },
                   [this](const caf::error& e) {
                     note({false, {stuck_actor(e)}});
                     look_later();
                   });
  }

  void look_later() {
    self->run_delayed(readiness_interval, [this] { look(); });
  }

  void on_drain() {
    stopping = true;
    note({false, {about_to_stop}});
  }

  /// Asks CLUSTER, PRODUCER and CONSUMER GROUP; `f` takes the answer. It costs
  /// the same however many partitions there are.
  template <class F>
  void find_readiness(F f, std::function<void(const caf::error&)> on_error) {
    auto judge = [this, f](const producer_status& p, const group_status& g,
                           const cluster_status& c) {
      auto result = readiness(p, g, c);
      note(result);
      f(result);
    };
    self->request(cluster, query_timeout, query_status{true})
      .then(
        [this, judge, on_error](const cluster_status& c) {
          with_status([judge, c](auto& p, auto& g) { judge(p, g, c); },
                      on_error);
        },
        on_error);
  }

  void note(const schemas::readiness& x) {
    gauge(self->system(), metrics::ready)->value(x.ready ? 1 : 0);
    if (std::exchange(known, x) != x)
      tell(self, cluster, readiness_known{x});
  }

  schemas::readiness readiness(const producer_status& p, const group_status& g,
                               const cluster_status& c) const {
    schemas::readiness result;
    if (stopping)
      result.reasons.emplace_back(about_to_stop);
    // Each has connections of its own, and an idle one learns late.
    for (auto* brokers : {&p.brokers, &g.brokers})
      if (!brokers->reachable) {
        result.reasons.emplace_back(
          "no Kafka broker answers"
          + (brokers->last_error.empty() ? "" : ": " + brokers->last_error));
        break;
      }
    if (auto why = denied ? denied->problem() : ""; !why.empty())
      result.reasons.emplace_back(
        "nobody is let in: who is denied (auth.deny_topic) is not known: "
        + why);
    if (!g.assigned_once)
      result.reasons.emplace_back(
        "the consumer group has not assigned partitions yet");
    for (auto* reasons : {&p.reasons, &g.reasons, &c.reasons})
      result.reasons.insert(result.reasons.end(), reasons->begin(),
                            reasons->end());
    result.ready = result.reasons.empty();
    return result;
  }

  // -- what there is ----------------------------------------------------------

  /// Of this node, or of all.
  void on_status(const admin_query& x) {
    auto [request, problem] = parse_status_request(x.request.path,
                                                   x.request.query);
    if (!request) {
      x.respond(problem.empty() ? no_path() : text(400, problem));
      return;
    }
    self
      ->request(inspector, inspection_patience * 2,
                ask_nodes{{x.request.path, x.request.query}, request->node})
      .then([respond = x.respond, asked = *request](
              nodes_answered& y) { respond(answer_of(asked, y)); },
            stuck(x.respond));
  }

  // -- what the operator wants ------------------------------------------------

  /// How to answer, with a log line of who wanted what, and what came of it.
  /// Not for what is no action: anybody may send any number of those.
  static http::admin_respond logged(const admin_query& x) {
    auto what = x.request.method + ' ' + x.request.path
                + (x.request.query.empty() ? "" : "?" + x.request.query);
    return [from = x.request.from, what = std::move(what),
            respond = x.respond](http::admin_response y) {
      log::info("operator's action", {{"from", from},
                                      {"what", what},
                                      {"status", y.status},
                                      {"result", y.body}});
      respond(std::move(y));
    };
  }

  void on_delete(const admin_query& x) {
    auto& path = x.request.path;
    auto [request, problem] = parse_disconnect_request(path, x.request.query);
    if (!request) {
      x.respond(problem.empty() ? no_method(path) : text(400, problem));
      return;
    }
    auto respond = logged(x);
    self->request(disconnector, disconnect_patience * 2, std::move(*request))
      .then([respond](const disconnected& y) { respond(answer_of(y)); },
            stuck(respond));
  }

  void on_post(const admin_query& x) {
    auto& [method, path, query, from, body] = x.request;
    auto [request, problem] = parse_action_request(path, query, body);
    if (!request) {
      x.respond(problem.empty() ? no_method(path) : text(400, problem));
      return;
    }
    auto respond = logged(x);
    if (request->what == action_request::kind::publish)
      return publish(respond, std::move(*request));
    self
      ->request(controller, patience_for(path) + action_patience,
                act_on_nodes{{path, query, body}, request->node})
      .then([respond, node = request->node.value_or("")](
              const actions_answered& y) { respond(answer_of(node, y)); },
            stuck(respond));
  }

  void publish(const http::admin_respond& respond, action_request x) {
    auto nsp = x.nsp.empty() ? "/" : std::move(x.nsp);
    self
      ->request(controller, publish_patience,
                publish_event{std::move(nsp), std::move(x.room),
                              std::move(x.event), std::move(x.args)})
      .then([respond](const event_published& y) { respond(answer_of(y)); },
            [respond](const caf::error&) {
              respond(answer_of(event_published{
                emit_errc::timeout, "Kafka has not confirmed it in time; it "
                                    "may still be stored"}));
            });
  }

  /// Asks PRODUCER and CONSUMER GROUP.
  template <class F>
  void
  with_status(F f, const std::function<void(const caf::error&)>& on_error) {
    self->request(producer, query_timeout, query_status{true})
      .then(
        [this, f, on_error](const producer_status& p) {
          self->request(group, query_timeout, query_status{true})
            .then([f, p](const group_status& g) { f(p, g); }, on_error);
        },
        on_error);
  }

  static std::string stuck_actor(const caf::error& e) {
    return "an actor does not answer: " + to_string(e);
  }

  static std::function<void(const caf::error&)>
  stuck(const http::admin_respond& respond) {
    return
      [respond](const caf::error& e) { respond(text(503, stuck_actor(e))); };
  }

  admin_actor::pointer self;
  producer_actor producer;
  consumer_group_actor group;
  cluster_actor cluster;
  disconnector_actor disconnector;
  inspector_actor inspector;
  controller_actor controller;
  std::function<client_figures()> clients;
  std::shared_ptr<const auth::deny_list> denied; ///< null: nobody can be
  bool stopping = false;
  std::optional<schemas::readiness> known; ///< as it was told the last time
};

} // namespace

admin_actor spawn_admin(actor_executor executor, producer_actor producer,
                        consumer_group_actor group, cluster_actor cluster,
                        disconnector_actor disconnector,
                        inspector_actor inspector, controller_actor controller,
                        std::function<client_figures()> clients,
                        std::shared_ptr<const auth::deny_list> denied) {
  return executor.spawn<admin_actor, admin_state>(
    std::move(producer), std::move(group), std::move(cluster),
    std::move(disconnector), std::move(inspector), std::move(controller),
    std::move(clients), std::move(denied));
}

} // namespace weir
