#include "actors/node/inspector.hpp"

#include "actors/contract/operation.hpp"
#include "actors/node/server_report.hpp"
#include "actors/node/status_request.hpp"
#include "actors/runtime/actor_metrics.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metric_values.hpp"
#include "actors/runtime/metrics.hpp"

#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace weir {

namespace {

using schemas::listing;

schemas::partition_status to_status(const commit_position& x,
                                    const group_status& group) {
  schemas::partition_status result;
  result.topic = x.topic;
  result.partition = x.partition;
  result.position = x.next;
  result.log_end = x.log_end;
  result.lag = std::max<std::int64_t>(x.log_end - x.next, 0);
  auto name = x.topic + "/" + std::to_string(x.partition);
  if (auto i = group.committed.find(name); i != group.committed.end())
    result.committed = i->second;
  result.subscribers = static_cast<std::uint32_t>(x.subscribers);
  result.credit = static_cast<std::uint64_t>(x.credit);
  result.cached_bytes = x.cached_bytes;
  result.cache_hits = x.cache_hits;
  result.cache_misses = x.cache_misses;
  result.interim = group.interim.contains({x.topic, x.partition});
  return result;
}

struct inspector_state {
  static inline const char* name = "weir.inspector";

  using answer = caf::typed_response_promise<status_part>;

  inspector_state(inspector_actor::pointer self, std::string node,
                  std::vector<std::string> namespaces)
    : self(self), node(std::move(node)), namespaces(std::move(namespaces)) {}

  inspector_actor::behavior_type make_behavior() {
    return {
      [this](const status_question& x) { return on_question(x); },
      [this](const peer_joined& x) { on_joined(x); },
      [this](const peer_gone& x) { peers.leave(x.tag); },
      [this](nodes_missing& x) { peers.miss(std::move(x.names)); },
      [this](informants& x) { here = std::move(x); },
      [this](const ask_nodes& x) { return on_ask(x); },
    };
  }

  // -- this node --------------------------------------------------------------

  answer on_question(const status_question& x) {
    auto result = self->make_response_promise<status_part>();
    auto [request, problem] = parse_status_request(x.path, x.query);
    if (!request) {
      result.deliver(status_part{{}, problem.empty() ? "unknown" : problem});
      return result;
    }
    switch (request->what) {
      case listing::actors:
        tell_actors(result, *request);
        break;
      case listing::partitions:
        tell_partitions(result, request->partitions);
        break;
      case listing::nodes:
        tell_nodes(result);
        break;
      case listing::rooms:
        tell_rooms(result, *request);
        break;
      case listing::connections:
        tell_connections(result, request->connections);
        break;
      case listing::metrics:
        if (here.clients)
          show_clients(self->system(), here.clients());
        result.deliver(status_part{
          schemas::to_bytes(metric_values(self->system(), request->metrics)),
          {}});
        break;
      case listing::hot:
        tell_hot(result);
        break;
      case listing::servers:
        tell_server(result, {request->with_left, request->events});
        break;
      case listing::records:
        tell_records(result, request->records);
    }
    return result;
  }

  static auto stuck(answer to) {
    return [to](const caf::error& e) mutable {
      to.deliver(status_part{{}, "an actor does not answer: " + to_string(e)});
    };
  }

  /// The rest would look like all of them.
  static auto not_all(answer to) {
    return [to](const caf::error& e) mutable {
      if (to.pending())
        to.deliver(status_part{{}, "a loop does not answer: " + to_string(e)});
    };
  }

  void tell_actors(answer to, const status_request& x) {
    auto all = actor_statuses(self->system());
    std::vector<schemas::busy_actor> busiest;
    if (x.is_busiest)
      busiest = busiest_actors(self->system());
    auto is_other = [&x](auto& y) {
      return !x.actor_type.empty() && y.type != x.actor_type;
    };
    std::erase_if(all, is_other);
    std::erase_if(busiest, is_other);
    to.deliver(status_part{schemas::to_bytes(all, busiest), {}});
  }

  void tell_partitions(answer to, const partition_choice& x) {
    self->request(here.group, informant_patience, query_status{})
      .then(
        [to, x](const group_status& y) mutable {
          std::vector<schemas::partition_status> all;
          for (auto& z : y.partitions)
            all.push_back(to_status(z, y));
          to.deliver(status_part{chosen_part(std::move(all), x), {}});
        },
        stuck(to));
  }

  void tell_nodes(answer to) {
    self->request(here.cluster, informant_patience, query_status{})
      .then(
        [to](const cluster_status& x) mutable {
          to.deliver(status_part{schemas::to_bytes(x.nodes), {}});
        },
        stuck(to));
  }

  // -- its rooms --------------------------------------------------------------

  /// What is still to come of a page.
  template <class Row>
  struct page {
    answer to;
    std::size_t left = 0;
    std::vector<Row> rows{};
    bool more = false;

    void one_less() {
      if (--left == 0)
        to.deliver(status_part{schemas::to_bytes(rows, more), {}});
    }
  };

  using room_page = page<schemas::room_status>;

  void tell_rooms(answer to, const status_request& x) {
    self->request(here.directory, informant_patience, x.rooms)
      .then([this, to, in_detail = x.is_one](
              const rooms_found& y) { ask_rooms(to, y, in_detail); },
            stuck(to));
  }

  void ask_rooms(answer to, const rooms_found& x, bool in_detail) {
    auto sum = std::make_shared<room_page>(room_page{to, x.rooms.size() + 1});
    sum->more = x.more;
    sum->rows.resize(x.rooms.size());
    for (std::size_t i = 0; i < x.rooms.size(); ++i)
      ask_room(sum, i, x.rooms[i], in_detail);
    sum->one_less();
  }

  void ask_room(const std::shared_ptr<room_page>& sum, std::size_t i,
                const rooms_found::room& x, bool in_detail) {
    sum->rows[i] = x.known;
    self->request(x.handle, informant_patience / 2, query_room{in_detail})
      .then(
        [sum, i](room_described& y) {
          auto& row = sum->rows[i];
          y.status.nsp = std::move(row.nsp);
          y.status.name = std::move(row.name);
          y.status.topic = std::move(row.topic);
          y.status.key = std::move(row.key);
          row = std::move(y.status);
          sum->one_less();
        },
        [sum, i](const caf::error& e) {
          sum->rows[i].problem = "it does not answer: " + to_string(e);
          sum->one_less();
        });
  }

  // -- its connections --------------------------------------------------------

  struct connections_page : page<schemas::connection_status> {
    std::size_t limit = 0;

    /// Of all loops.
    void sort() {
      std::sort(rows.begin(), rows.end(),
                [](auto& x, auto& y) { return x.id < y.id; });
      more = more || rows.size() > limit;
      rows.resize(std::min(rows.size(), limit));
    }
  };

  void tell_connections(answer to, const connection_question& x) {
    auto sum = std::make_shared<connections_page>();
    sum->to = to;
    sum->left = here.censuses.size();
    sum->limit = x.limit;
    for (auto& census : here.censuses)
      self->request(census, informant_patience, x)
        .then(
          [sum](connection_page& y) {
            std::move(y.connections.begin(), y.connections.end(),
                      std::back_inserter(sum->rows));
            sum->more = sum->more || y.more;
            if (sum->left == 1)
              sum->sort();
            sum->one_less();
          },
          not_all(to));
  }

  // -- what is hot on it ------------------------------------------------------

  /// Rooms, keys and partitions are of one loop each.
  struct heat {
    answer to;
    std::size_t left;
    std::vector<schemas::hot_status> rows{};
  };

  void tell_hot(answer to) {
    auto sum = std::make_shared<heat>(heat{to, here.censuses.size()});
    for (auto& census : here.censuses)
      self->request(census, informant_patience, hot_question{most_hot_rows})
        .then(
          [sum](hot_page& y) {
            std::move(y.hot.begin(), y.hot.end(),
                      std::back_inserter(sum->rows));
            if (--sum->left == 0)
              sum->to.deliver(status_part{schemas::to_bytes(sum->rows), {}});
          },
          not_all(to));
  }

  // -- itself -----------------------------------------------------------------

  struct server_sum {
    answer to;
    std::size_t left = 0;
    connection_counts counts{};

    void add(const connection_counts& x) {
      counts.connections += x.connections;
      counts.polling += x.polling;
      for (auto& [nsp, n] : x.sockets)
        counts.sockets[nsp] += n;
      counts.left.insert(counts.left.end(), x.left.begin(), x.left.end());
      counts.events.insert(counts.events.end(), x.events.begin(),
                           x.events.end());
      counts.events_left_out += x.events_left_out;
    }
  };

  client_figures clients() const {
    return here.clients ? here.clients() : client_figures{};
  }

  void tell_server(answer to, count_connections wanted) {
    auto sum
      = std::make_shared<server_sum>(server_sum{to, here.censuses.size()});
    for (auto& nsp : namespaces)
      sum->counts.sockets[nsp] = 0;
    for (auto& census : here.censuses)
      self->request(census, informant_patience, wanted)
        .then(
          [this, sum](const connection_counts& y) {
            sum->add(y);
            if (--sum->left == 0)
              sum->to.deliver(
                status_part{schemas::to_bytes(describe_server(
                              self->system(), std::move(sum->counts), clients(),
                              std::chrono::steady_clock::now() - started)),
                            {}});
          },
          not_all(to));
  }

  // -- what its topics hold ---------------------------------------------------

  void tell_records(answer to, const tail_topic& x) {
    self->request(here.tail, informant_patience, x)
      .then(
        [to](const topic_tailed& y) mutable {
          to.deliver(status_part{schemas::to_bytes(y.page), {}});
        },
        stuck(to));
  }

  // -- all nodes --------------------------------------------------------------

  struct peer {
    std::string node;
    inspector_peer_actor handle; ///< null: it knows no such service
  };

  void on_joined(const peer_joined& x) {
    auto i = x.services.find(std::string{inspector_service});
    peers.join(x.tag,
               {x.node, i == x.services.end()
                          ? inspector_peer_actor{}
                          : caf::actor_cast<inspector_peer_actor>(i->second)});
  }

  struct tally {
    caf::typed_response_promise<nodes_answered> asked;
    nodes_answered result;
    std::size_t left;

    void one_less() {
      if (--left == 0)
        asked.deliver(std::move(result));
    }
  };

  caf::typed_response_promise<nodes_answered> on_ask(const ask_nodes& x) {
    auto wanted = nodes_for(x.node);
    auto sum = std::make_shared<tally>(tally{
      self->make_response_promise<nodes_answered>(), {}, wanted.size() + 1});
    sum->result.silent = sum->result.down = peers.missing(x.node);
    if (wanted.empty() && sum->result.down.empty())
      sum->result.known = names();
    for (auto& y : wanted)
      ask(sum, y, x.question);
    sum->one_less();
    return sum->asked;
  }

  std::vector<peer> nodes_for(const std::optional<std::string>& wanted) const {
    auto result = peers.present(wanted);
    if (!wanted || wanted->empty() || *wanted == node)
      result.push_back({node, self});
    return result;
  }

  std::vector<std::string> names() const {
    auto result = peers.names();
    result.insert(result.begin(), node);
    return result;
  }

  void ask(const std::shared_ptr<tally>& sum, const peer& to,
           const status_question& x) {
    auto is_silent = [sum, name = to.node] {
      sum->result.silent.push_back(name);
      sum->one_less();
    };
    if (!to.handle) {
      is_silent();
      return;
    }
    self->request(to.handle, inspection_patience, x)
      .then(
        [sum, name = to.node, is_silent](status_part& y) {
          if (!y.error.empty())
            return is_silent();
          sum->result.parts.push_back({name, std::move(y.bytes)});
          sum->one_less();
        },
        [is_silent](const caf::error&) { is_silent(); });
  }

  inspector_actor::pointer self;
  std::string node;
  std::vector<std::string> namespaces; ///< also those without sockets
  std::chrono::steady_clock::time_point started
    = std::chrono::steady_clock::now();
  informants here;
  asked_nodes<peer> peers;
};

} // namespace

inspector_actor spawn_inspector(actor_executor executor, std::string node,
                                std::vector<std::string> namespaces) {
  return executor.spawn<inspector_actor, inspector_state>(
    std::move(node), std::move(namespaces));
}

} // namespace weir
