#include "actors/node/controller.hpp" // unit under test

#include "config/log.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

struct controlled_node {
  controlled_node(test::deterministic_actor_system& system,
                  std::string its_name)
    : name(std::move(its_name)) {
    gateway = system.keep_probe(
      system.system.spawn([this](gateway_actor::pointer me) {
        return gateway_actor::behavior_type{
          [this](drain) { ++drains; },
          [](clients_gone) {},
          [this, me](reload_config) -> caf::result<config_reloaded> {
            if (!is_waiting)
              return reloaded;
            late = me->make_response_promise<config_reloaded>();
            return late;
          },
          [](const peer_joined&) {},
          [](const peer_gone&) {},
        };
      }));
    actor = system.keep(spawn_controller(
      system.executor, {name, gateway,
                        test::rules_of({test::nsp(
                          "/", {test::mapping("chat:{id}", "chat")})})}));
    controlled_actors here;
    for (auto* loop : {&one, &two})
      here.censuses.push_back(spawn_census(system, *loop));
    here.router = spawn_router(system);
    system.tell(actor, std::move(here));
  }

  struct loop {
    order_done answer{};
    bool is_stuck = false;
    std::vector<socket_order> orders{};
  };

  static connection_census_actor
  spawn_census(test::deterministic_actor_system& system, loop& x) {
    return system.keep_probe(
      system.system.spawn([&x](connection_census_actor::pointer self) {
        return connection_census_actor::behavior_type{
          [](const connection_question&) { return connection_page{}; },
          [&x, self](const socket_order& y) -> caf::result<order_done> {
            x.orders.push_back(y);
            if (x.is_stuck)
              return self->make_response_promise<order_done>();
            return x.answer;
          },
          [](const count_connections&) { return connection_counts{}; },
          [](const census_turn&) {},
          [](const use_routes&) {},
          [](const hot_question&) { return hot_page{}; },
        };
      }));
  }

  inbound_router_actor spawn_router(test::deterministic_actor_system& system) {
    return system.keep_probe(
      system.system.spawn([this](inbound_router_actor::pointer) {
        return inbound_router_actor::behavior_type{[this](emit_events& x) {
          std::move(x.all->begin(), x.all->end(), std::back_inserter(emits));
        }};
      }));
  }

  std::string name;
  int drains = 0;
  config_reloaded reloaded;
  bool is_waiting = false; ///< for those who read topics that are new
  caf::typed_response_promise<config_reloaded> late;
  loop one, two;
  std::vector<emit_event> emits;
  gateway_actor gateway;
  controller_actor actor;
};

struct fixture : test::deterministic_actor_system {
  fixture() { join(a, b.actor, "b"), join(a, c.actor, "c"); }

  ~fixture() { log::configure({}); }

  template <class Handle>
  void join(controlled_node& x, const Handle& y, std::string its_name) {
    tell(x.actor, peer_joined{its_name,
                              its_name,
                              {{std::string{controller_service},
                                caf::actor_cast<caf::strong_actor_ptr>(y)}}});
  }

  /// What comes of it, once everybody has answered or the time is over.
  actions_answered act(std::string path, std::string query = "",
                       std::optional<std::string> only = {},
                       std::string body = "") {
    actions_answered result;
    auto request = self->request(
      a.actor, 10s,
      act_on_nodes{{std::move(path), std::move(query), std::move(body)},
                   std::move(only)});
    advance(action_patience);
    request.receive([&](actions_answered& x) { result = std::move(x); },
                    [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
    return result;
  }

  controlled_node a{*this, "a"}, b{*this, "b"}, c{*this, "c"};
};

BOOST_FIXTURE_TEST_SUITE(a_controller, fixture)

BOOST_AUTO_TEST_CASE(stops_the_one_node_that_is_named) {
  BOOST_TEST(act("/v1/nodes/b/drain", "", "b").sum.done == 1u);
  BOOST_TEST(b.drains == 1);
  BOOST_TEST(a.drains + c.drains == 0);
}

BOOST_AUTO_TEST_CASE(stops_nobody_for_a_name_that_nobody_has) {
  const auto x = act("/v1/nodes/z/drain", "", "z");
  BOOST_TEST(x.known == (texts{"a", "b", "c"}));
  BOOST_TEST(x.sum.done == 0u);
  BOOST_TEST(a.drains + b.drains + c.drains == 0);
}

BOOST_AUTO_TEST_CASE(does_on_all_nodes_what_names_none) {
  log::set_level(log_level::error); // nothing is printed meanwhile
  BOOST_TEST(act("/v1/log-level", "level=error").sum.done == 3u);
  BOOST_TEST(!log::enabled(log_level::warning));
  BOOST_TEST(act("/v1/log-level", "level=warning", "").sum.done == 1u);
  BOOST_TEST(log::enabled(log_level::warning));
}

BOOST_AUTO_TEST_CASE(says_where_a_configuration_is_wrong) {
  b.reloaded.problems = {"weir.toml:1:2: no", "kafka.brokers cannot change"};
  const auto x = act("/v1/reload");
  BOOST_TEST(x.sum.done == 2u);
  BOOST_TEST(
    x.sum.problems
    == (texts{"b: weir.toml:1:2: no", "b: kafka.brokers cannot change"}));
  BOOST_TEST(act("/v1/reload", "node=a", "a").sum.done == 1u);
}

// Topics that are new have to have readers first.
BOOST_AUTO_TEST_CASE(waits_longer_for_a_reload_than_for_anything_else) {
  b.is_waiting = true;
  actions_answered result;
  auto request = self->request(a.actor, 2 * reload_patience,
                               act_on_nodes{{"/v1/reload", {}, {}}, {}});
  advance(check_patience + readers_patience);
  lend_thread_to(b.gateway);
  b.late.deliver(config_reloaded{});
  advance(2 * action_patience);
  request.receive([&](actions_answered& x) { result = std::move(x); },
                  [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
  BOOST_TEST(result.sum.done == 3u);
  BOOST_TEST(result.sum.silent_nodes == texts{});
}

BOOST_AUTO_TEST_CASE(names_nodes_that_do_not_answer) {
  log::set_level(log_level::error);
  end(b.actor);
  const auto x = act("/v1/log-level", "level=error");
  BOOST_TEST(x.sum.done == 2u);
  BOOST_TEST(x.sum.silent_nodes == texts{"b"});
}

BOOST_AUTO_TEST_CASE(names_nodes_that_know_no_such_service) {
  log::set_level(log_level::error);
  tell(a.actor, peer_joined{"d", "d", {}});
  BOOST_TEST(act("/v1/log-level", "level=error").sum.silent_nodes
             == texts{"d"});
}

BOOST_AUTO_TEST_CASE(names_nodes_that_know_no_such_action) {
  const auto x = act("/v1/later", "", "b");
  BOOST_TEST(x.sum.done == 0u);
  BOOST_TEST(x.sum.silent_nodes == texts{"b"});
}

BOOST_AUTO_TEST_CASE(adds_up_what_nodes_of_other_versions_say) {
  auto later = keep_probe(system.spawn([](controller_peer_actor::pointer) {
    return controller_peer_actor::behavior_type{[](const operator_action& x) {
      return status_part{x.query == "odd" ? std::string{"\xff"}
                                          : to_bytes(schemas::action_status{
                                            2, {"it cannot"}, {}}),
                         {}};
    }};
  }));
  join(a, later, "later");
  auto x = act("/v1/any", "", "later");
  BOOST_TEST(x.sum.done == 2u);
  BOOST_TEST(x.sum.problems == texts{"later: it cannot"});
  x = act("/v1/any", "odd", "later");
  BOOST_TEST(x.sum.silent_nodes == texts{"later"});
}

// -- its sockets --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(has_sockets_on_all_loops_of_all_nodes_do_it) {
  a.one.answer = {1}, a.two.answer = {2}, c.one.answer = {4};
  const auto x = act("/v1/emit", "event=hi&room=r", {}, "[1]");
  BOOST_TEST(x.sum.done == 7u);
  BOOST_TEST(x.sum.problems.empty());
  BOOST_TEST_REQUIRE(b.two.orders.size() == 1u);
  const auto& order = b.two.orders[0];
  BOOST_TEST((order.what == socket_order::kind::emit));
  BOOST_TEST(order.event == "hi");
  BOOST_TEST(order.args == "1");
  BOOST_TEST(order.room == "r");
}

BOOST_AUTO_TEST_CASE(says_who_is_to_join_or_leave_what) {
  act("/v1/join", "room=r&sid=s&namespace=/n", "");
  act("/v1/leave", "room=r&user=u", "");
  BOOST_TEST_REQUIRE(a.one.orders.size() == 2u);
  const auto &join = a.one.orders[0], &leave = a.one.orders[1];
  BOOST_TEST((join.what == socket_order::kind::join));
  BOOST_TEST(join.id == "s");
  BOOST_TEST(join.nsp == "/n");
  BOOST_TEST((leave.what == socket_order::kind::leave));
  BOOST_TEST(leave.user == "u");
  BOOST_TEST(b.one.orders.empty());
}

BOOST_AUTO_TEST_CASE(says_on_which_node_it_cannot_be_done) {
  a.one.answer = {1}, b.two.answer = {0, "there is no such room"};
  const auto x = act("/v1/join", "room=r&user=u");
  BOOST_TEST(x.sum.done == 1u);
  BOOST_TEST(x.sum.problems == texts{"b: there is no such room"});
}

BOOST_AUTO_TEST_CASE(names_a_node_of_which_a_loop_does_not_answer) {
  a.one.answer = {1}, b.two.is_stuck = true;
  const auto x = act("/v1/join", "room=r&user=u");
  BOOST_TEST(x.sum.done == 1u);
  BOOST_TEST(x.sum.silent_nodes == texts{"b"});
}

// -- records ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(has_an_event_stored_and_says_where) {
  auto asked = self->request(a.actor, 10s,
                             publish_event{"/", "chat:1", "any", "1,2"});
  run();
  BOOST_TEST_REQUIRE(a.emits.size() == 1u);
  auto& x = a.emits[0];
  BOOST_TEST(x.event == "any");
  BOOST_TEST(x.args == "1,2");
  BOOST_TEST_REQUIRE(x.to);
  BOOST_TEST(x.to->room == "chat:1");
  BOOST_TEST(x.to->key == "chat:1");
  tell(x.emitter,
       emits_answered{{{x.ack, 0, emit_errc::none, {}, x.to->route, 2, 42}}});
  asked.receive(
    [](const event_published& y) {
      BOOST_TEST((y.error == emit_errc::none));
      BOOST_TEST(y.topic == "chat");
      BOOST_TEST(y.partition == 2);
      BOOST_TEST(y.offset == 42);
    },
    [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
}

BOOST_AUTO_TEST_CASE(says_why_an_event_is_not_stored) {
  auto asked = self->request(a.actor, 10s,
                             publish_event{"/", "chat:1", "any", ""});
  run();
  auto& x = a.emits.at(0);
  tell(x.emitter, emits_answered{
                    {{x.ack, 0, emit_errc::invalid_payload, "one argument"}}});
  asked.receive(
    [](const event_published& y) {
      BOOST_TEST((y.error == emit_errc::invalid_payload));
      BOOST_TEST(y.message == "one argument");
    },
    [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
}

BOOST_AUTO_TEST_CASE(stores_nothing_where_no_mapping_has_the_room) {
  for (auto* nsp : {"/", "/other"}) {
    auto x = ask<event_published>(a.actor,
                                  publish_event{nsp, "hall", "any", ""});
    BOOST_TEST_REQUIRE(x.has_value());
    BOOST_TEST((x->error == emit_errc::unknown_room));
  }
  BOOST_TEST(a.emits.empty());
}

BOOST_AUTO_TEST_CASE(names_a_node_that_is_down) {
  log::set_level(log_level::error);
  tell(a.actor, nodes_missing{{"b"}});
  tell(a.actor, peer_gone{"b", "b"});
  auto x = act("/v1/log-level", "level=error");
  BOOST_TEST(x.sum.done == 2u);
  BOOST_TEST(x.sum.silent_nodes == texts{"b"});
  x = act("/v1/nodes/b/drain", "", "b");
  BOOST_TEST(x.known.empty());
  BOOST_TEST(x.down == texts{"b"});
  BOOST_TEST(b.drains == 0);
}

BOOST_AUTO_TEST_CASE(forgets_a_node_that_is_gone) {
  tell(a.actor, peer_gone{"b", "b"});
  BOOST_TEST(act("/v1/nodes/b/drain", "", "b").known == (texts{"a", "c"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
