#include "actors/node/inspector.hpp" // unit under test

#include "actors/contract/control.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/relay.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using schemas::listing;
using texts = std::vector<std::string>;

/// A node with two loops and some connections.
struct asked_node {
  asked_node(test::deterministic_actor_system& system, std::string its_name)
    : name(std::move(its_name)),
      actor(system.keep(
        spawn_inspector(system.executor, name, {"/" + name, "/quiet"}))) {
    for (auto* loop : {&one, &two})
      here.censuses.push_back(system.keep_probe(system.system.spawn(
        [this, loop](connection_census_actor::pointer self) {
          return connection_census_actor::behavior_type{
            [this, loop, self](
              const connection_question& x) -> caf::result<connection_page> {
              if (is_stuck)
                return self->make_response_promise<connection_page>();
              asked.push_back(x);
              return page_of(*loop, x.limit);
            },
            [](const socket_order&) { return order_done{}; },
            [this](const count_connections&) {
              return connection_counts{2, 1, {{"/" + name, 3}}};
            },
            [](const census_turn&) {},
            [](const use_routes&) {},
            [loop](const hot_question&) {
              hot_page result;
              for (auto& room : *loop) {
                auto& row = result.hot.emplace_back();
                row.kind = "room";
                row.room = room;
                row.count = 1;
              }
              return result;
            },
          };
        })));
    system.tell(actor, here);
  }

  static connection_page page_of(const texts& ids, std::size_t limit) {
    connection_page result;
    for (auto& id : ids) {
      if (result.connections.size() == limit) {
        result.more = true;
        break;
      }
      result.connections.emplace_back().id = id;
    }
    return result;
  }

  std::string name;
  texts one, two;
  bool is_stuck = false;
  std::vector<connection_question> asked;
  informants here;
  inspector_actor actor;
};

struct fixture : test::deterministic_actor_system {
  fixture() { join(a, b), join(a, c); }

  void join(asked_node& x, asked_node& y) {
    tell(x.actor,
         peer_joined{y.name,
                     y.name,
                     {{std::string{inspector_service},
                       caf::actor_cast<caf::strong_actor_ptr>(y.actor)}}});
  }

  /// What is there, once everybody has answered or the time is over.
  nodes_answered ask_all(std::string path, std::string query = "",
                         std::optional<std::string> only = {}) {
    nodes_answered result;
    auto request = self->request(a.actor, 10s,
                                 ask_nodes{{std::move(path), std::move(query)},
                                           std::move(only)});
    advance(inspection_patience);
    request.receive([&](nodes_answered& y) { result = std::move(y); },
                    [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
    return result;
  }

  static std::string json(const nodes_answered& x, std::size_t limit = 100) {
    return schemas::join_parts(listing::connections, x.parts, x.silent, limit)
      .json;
  }

  static texts ids(const nodes_answered& x, std::size_t limit = 100) {
    texts result;
    auto text = json(x, limit);
    const std::string begin = R"({"id":")";
    for (auto i = text.find(begin); i != std::string::npos;
         i = text.find(begin, i + 1))
      result.push_back(text.substr(i + begin.size(), 2));
    return result;
  }

  asked_node a{*this, "a"}, b{*this, "b"}, c{*this, "c"};
};

BOOST_FIXTURE_TEST_SUITE(an_inspector, fixture)

BOOST_AUTO_TEST_CASE(asks_every_loop_of_every_node) {
  a.one = {"a1"}, a.two = {"a2"}, b.one = {"b1"}, c.two = {"c1"};
  const auto x = ask_all("/v1/connections");
  BOOST_TEST(ids(x) == (texts{"a1", "a2", "b1", "c1"}));
  BOOST_TEST(x.silent.empty());
}

BOOST_AUTO_TEST_CASE(asks_the_one_node_that_is_wanted) {
  a.one = {"a1"}, b.one = {"b1"};
  BOOST_TEST(ids(ask_all("/v1/connections", "node=b", "b")) == texts{"b1"});
  BOOST_TEST(ids(ask_all("/v1/connections", "node=", "")) == texts{"a1"});
  BOOST_TEST(c.asked.empty());
}

BOOST_AUTO_TEST_CASE(names_the_nodes_that_there_are_for_one_that_is_not) {
  const auto x = ask_all("/v1/connections", "node=z", "z");
  BOOST_TEST(x.known == (texts{"a", "b", "c"}));
  BOOST_TEST(x.parts.empty());
}

BOOST_AUTO_TEST_CASE(names_a_node_that_does_not_answer) {
  a.one = {"a1"};
  end(b.actor);
  const auto x = ask_all("/v1/connections");
  BOOST_TEST(ids(x) == texts{"a1"});
  BOOST_TEST(x.silent == texts{"b"});
}

BOOST_AUTO_TEST_CASE(names_a_node_of_which_a_loop_does_not_answer) {
  a.one = {"a1"}, c.one = {"c1"}, c.is_stuck = true;
  const auto x = ask_all("/v1/connections");
  BOOST_TEST(ids(x) == texts{"a1"});
  BOOST_TEST(x.silent == texts{"c"});
}

BOOST_AUTO_TEST_CASE(names_a_node_of_a_version_that_cannot_be_asked) {
  tell(a.actor, peer_joined{"old", "old", {}});
  BOOST_TEST(ask_all("/v1/connections").silent == texts{"old"});
}

BOOST_AUTO_TEST_CASE(does_not_ask_a_node_that_is_gone) {
  tell(a.actor, peer_gone{"b", "b"});
  end(b.actor);
  BOOST_TEST(ask_all("/v1/connections").silent.empty());
}

BOOST_AUTO_TEST_CASE(names_a_node_that_is_down_until_it_has_left_or_is_back) {
  a.one = {"a1"}, b.one = {"b1"};
  tell(a.actor, nodes_missing{{"b"}});
  tell(a.actor, peer_gone{"b", "b"});
  auto x = ask_all("/v1/connections");
  BOOST_TEST(ids(x) == texts{"a1"});
  BOOST_TEST(x.silent == texts{"b"});
  BOOST_TEST(x.down == texts{"b"});
  tell(a.actor, nodes_missing{});
  BOOST_TEST(ask_all("/v1/connections").silent.empty());
  tell(a.actor, nodes_missing{{"b"}});
  join(a, b);
  x = ask_all("/v1/connections");
  BOOST_TEST(ids(x) == (texts{"a1", "b1"}));
  BOOST_TEST(x.silent.empty());
}

BOOST_AUTO_TEST_CASE(tells_one_that_is_down_from_one_that_there_is_not) {
  tell(a.actor, nodes_missing{{"b"}});
  tell(a.actor, peer_gone{"b", "b"});
  auto x = ask_all("/v1/connections", "node=b", "b");
  BOOST_TEST(x.down == texts{"b"});
  BOOST_TEST(x.known.empty());
  x = ask_all("/v1/connections", "node=z", "z");
  BOOST_TEST(x.down.empty());
  BOOST_TEST(x.known == (texts{"a", "b", "c"}));
  BOOST_TEST(ask_all("/v1/connections", "node=", "").silent.empty());
}

BOOST_AUTO_TEST_CASE(takes_a_path_that_a_node_does_not_know_for_silence) {
  BOOST_TEST(ask_all("/v1/later").silent == (texts{"a", "b", "c"}));
}

BOOST_AUTO_TEST_CASE(has_the_first_of_all_loops_in_a_page) {
  a.one = {"a1", "a4", "a5"}, a.two = {"a2", "a3"};
  const auto x = ask_all("/v1/connections", "limit=2&node=", "");
  BOOST_TEST(ids(x, 2) == (texts{"a1", "a2"}));
  BOOST_TEST(json(x, 2).find(R"("next":"a2")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(has_what_is_hot_on_all_loops_of_all_nodes) {
  a.one = {"x"}, a.two = {"y"}, b.one = {"x"}, c.two = {"z"};
  auto found = ask_all("/v1/hot");
  BOOST_TEST(found.parts.size() == 3u);
  auto text
    = schemas::join_parts(listing::hot, found.parts, found.silent, 10).json;
  for (auto* part :
       {R"("room":"x","topic":"","partition":-1,"key":"","count":"2")",
        R"("room":"y","topic":"","partition":-1,"key":"","count":"1")",
        R"("nodes":["a","b"])", R"("partial":false)"})
    BOOST_TEST(text.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(adds_up_what_the_loops_of_each_node_count) {
  auto x = ask_all("/v1/servers");
  BOOST_TEST_REQUIRE(x.parts.size() == 3u);
  for (auto& part : x.parts) {
    auto server = schemas::server_in(part.bytes);
    BOOST_TEST_REQUIRE(server.has_value());
    BOOST_TEST(server->connections == 4u);
    BOOST_TEST(server->polling == 2u);
    BOOST_TEST(server->sockets.at("/" + part.node) == 6u);
    BOOST_TEST(server->sockets.at("/quiet") == 0u); // nobody is there
    BOOST_TEST(server->sockets.size() == 2u);
    BOOST_TEST(server->pid != 0u);
    BOOST_TEST(server->hostname != "");
    BOOST_TEST(server->opened >= 4u);
  }
}

BOOST_AUTO_TEST_CASE(asks_for_detail_where_it_is_wanted) {
  ask_all("/v1/connections", "detail=true");
  BOOST_TEST(c.asked[0].in_detail);
  ask_all("/v1/connections");
  BOOST_TEST(!c.asked.back().in_detail);
}

BOOST_AUTO_TEST_CASE(hands_filters_to_the_loops) {
  ask_all("/v1/connections", "user=ada&after=x&limit=5");
  BOOST_TEST_REQUIRE(c.asked.size() == 2u);
  BOOST_TEST(c.asked[0].filter.user == "ada");
  BOOST_TEST(c.asked[0].after == "x");
  BOOST_TEST(c.asked[0].limit == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
