#include "actors/node/admin.hpp"

#include "actors/cluster/disconnector.hpp"
#include "actors/node/inspector.hpp"
#include "actors/node/status_request.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "config/log.hpp"
#include "schemas/listing_codec.hpp"
#include "schemas/status_codec.hpp"
#include "transport/http/query.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace weir {

namespace {

/// An actor that does not answer within this time is reported as stuck.
constexpr auto query_timeout = std::chrono::seconds{2};

constexpr std::string_view there_are
  = "there are /livez, /readyz, /metrics, /v1/actors, /v1/nodes, "
    "/v1/partitions, /v1/rooms, /v1/rooms/{room}, /v1/connections, "
    "/v1/connections/{sid}, /v1/hot and /v1/metrics";

http::admin_response text(unsigned status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body) + "\n"};
}

http::admin_response json(std::string body, unsigned status = 200) {
  return {status, "application/json", std::move(body) + "\n"};
}

struct admin_state {
  static inline const char* name = "weir.admin";

  admin_state(admin_actor::pointer self, producer_actor producer,
              consumer_group_actor group, cluster_actor cluster,
              disconnector_actor disconnector, inspector_actor inspector,
              std::function<client_figures()> clients,
              std::shared_ptr<const auth::deny_list> denied)
    : self(self),
      producer(std::move(producer)),
      group(std::move(group)),
      cluster(std::move(cluster)),
      disconnector(std::move(disconnector)),
      inspector(std::move(inspector)),
      clients(std::move(clients)),
      denied(std::move(denied)) {}

  admin_actor::behavior_type make_behavior() {
    return {
      [this](const admin_query& x) { on_query(x); },
      [this](drain) { stopping = true; },
    };
  }

  void on_query(const admin_query& x) {
    auto& path = x.request.path;
    if (x.request.method == "DELETE")
      on_delete(logged(x));
    else if (x.request.method != "GET" && x.request.method != "HEAD")
      x.respond(text(405, "only GET; and DELETE for /v1/connections and "
                          "/v1/users/{user}/connections"));
    else if (path == "/livez")
      x.respond(text(200, "ok"));
    else if (path == "/readyz")
      self->request(cluster, query_timeout, query_status{})
        .then(
          [this, respond = x.respond](const cluster_status& c) {
            with_status(respond, [this, c](auto& p, auto& g) {
              return readiness(p, g, c);
            });
          },
          stuck(x.respond));
    else if (path == "/metrics")
      x.respond({200, "text/plain; version=0.0.4; charset=utf-8",
                 metrics_text(self->system(), clients())});
    else
      on_status(x);
  }

  http::admin_response readiness(const producer_status& p,
                                 const group_status& g,
                                 const cluster_status& c) const {
    schemas::readiness result;
    if (stopping)
      result.reasons.emplace_back("the node is about to stop");
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
    return json(schemas::to_json(result), result.ready ? 200 : 503);
  }

  // -- what there is ----------------------------------------------------------

  /// Of this node, or of all.
  void on_status(const admin_query& x) {
    auto [request, problem] = parse_status_request(x.request.path,
                                                   x.request.query);
    if (!request) {
      x.respond(problem.empty() ? text(404, std::string{there_are})
                                : text(400, problem));
      return;
    }
    self
      ->request(inspector, inspection_patience * 2,
                ask_nodes{{x.request.path, x.request.query}, request->node})
      .then([respond = x.respond, asked = *request](
              nodes_answered& y) { respond(listed(asked, y)); },
            stuck(x.respond));
  }

  static http::admin_response listed(const status_request& asked,
                                     const nodes_answered& x) {
    if (!x.known.empty())
      return text(404, "there is no node \"" + asked.node.value_or("")
                         + "\"; those that this one knows are "
                         + joined(x.known));
    auto sum = schemas::join_parts(asked.what, x.parts, x.silent, asked.limit);
    if (x.parts.empty())
      return json(std::move(sum.json), 503);
    // Not found is no certainty while somebody has not answered.
    auto status = !asked.is_one || sum.rows != 0 ? 200u
                  : sum.partial                  ? 503u
                                                 : 404u;
    return json(std::move(sum.json), status);
  }

  static std::string joined(const std::vector<std::string>& names) {
    std::string result;
    for (auto& x : names)
      result += (result.empty() ? "" : ", ") + x;
    return result;
  }

  // -- what the operator wants ------------------------------------------------

  /// The same, with a log line of who wanted what, and what came of it.
  static admin_query logged(const admin_query& x) {
    auto what = x.request.method + ' ' + x.request.path
                + (x.request.query.empty() ? "" : "?" + x.request.query);
    return {x.request, [from = x.request.from, what = std::move(what),
                        respond = x.respond](http::admin_response y) {
              log::info("operator's action", {{"from", from},
                                              {"what", what},
                                              {"status", y.status},
                                              {"result", y.body}});
              respond(std::move(y));
            }};
  }

  /// The user of `/v1/users/{user}/connections`; empty: it is another path.
  static std::string user_of(std::string_view path) {
    constexpr std::string_view begin = "/v1/users/", end = "/connections";
    if (path.size() <= begin.size() + end.size() || !path.starts_with(begin)
        || !path.ends_with(end))
      return {};
    path.remove_prefix(begin.size());
    path.remove_suffix(end.size());
    return std::string{path};
  }

  /// `/v1/connections/{sid}`, `/v1/connections?room=a&namespace=/b`, or
  /// `/v1/users/{user}/connections`.
  void on_delete(const admin_query& x) {
    constexpr std::string_view all = "/v1/connections",
                               one = "/v1/connections/";
    auto& [method, path, query, from] = x.request;
    auto room = http::parameter(query, "room");
    disconnect_everywhere message;
    auto& whom = message.whom;
    message.user = user_of(path);
    if (path.starts_with(one))
      whom.id = path.substr(one.size());
    else if (path == all && room)
      whom = {{}, http::parameter(query, "namespace").value_or("/"), *room};
    if (whom.id.empty() && whom.room.empty() && message.user.empty()) {
      x.respond(text(405, "to DELETE there are /v1/connections/{sid}, "
                          "/v1/connections?room={room}&namespace={namespace} "
                          "and /v1/users/{user}/connections"));
      return;
    }
    self->request(disconnector, disconnect_patience * 2, std::move(message))
      .then(
        [respond = x.respond](const disconnected& y) { respond(outcome(y)); },
        stuck(x.respond));
  }

  static http::admin_response outcome(const disconnected& x) {
    // Not found is no certainty while somebody has not answered.
    auto status = !x.silent.empty() ? 503u : x.clients == 0 ? 404u : 200u;
    return json(
      schemas::to_json(schemas::disconnect_status{x.clients, x.silent}),
      status);
  }

  // -- status -----------------------------------------------------------------

  /// Asks PRODUCER and CONSUMER GROUP, then answers with what `make` says.
  template <class Make>
  void with_status(const http::admin_respond& respond, Make make) {
    self->request(producer, query_timeout, query_status{})
      .then(
        [this, respond, make](const producer_status& p) {
          self->request(group, query_timeout, query_status{})
            .then([respond, make,
                   p](const group_status& g) { respond(make(p, g)); },
                  stuck(respond));
        },
        stuck(respond));
  }

  static std::function<void(const caf::error&)>
  stuck(const http::admin_respond& respond) {
    return [respond](const caf::error& e) {
      respond(text(503, "an actor does not answer: " + to_string(e)));
    };
  }

  admin_actor::pointer self;
  producer_actor producer;
  consumer_group_actor group;
  cluster_actor cluster;
  disconnector_actor disconnector;
  inspector_actor inspector;
  std::function<client_figures()> clients;
  std::shared_ptr<const auth::deny_list> denied; ///< null: nobody can be
  bool stopping = false;
};

} // namespace

admin_actor spawn_admin(actor_executor executor, producer_actor producer,
                        consumer_group_actor group, cluster_actor cluster,
                        disconnector_actor disconnector,
                        inspector_actor inspector,
                        std::function<client_figures()> clients,
                        std::shared_ptr<const auth::deny_list> denied) {
  return executor.spawn<admin_actor, admin_state>(
    std::move(producer), std::move(group), std::move(cluster),
    std::move(disconnector), std::move(inspector), std::move(clients),
    std::move(denied));
}

} // namespace weir
