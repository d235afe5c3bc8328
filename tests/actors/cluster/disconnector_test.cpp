#include "actors/cluster/disconnector.hpp" // unit under test

#include "actors/contract/cluster.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::mapping;
using texts = std::vector<std::string>;

/// A node with some clients and rooms.
struct closing_node {
  closing_node(test::deterministic_actor_system& system, std::string its_name)
    : name(std::move(its_name)) {
    directory = system.keep_probe(
      system.system.spawn([this](room_directory_actor::pointer) {
        return room_directory_actor::behavior_type{
          [](const join_room&) {},
          [](const leave_room&) {},
          [](const broadcast_local&) {},
          [this](const disconnect_room& x) {
            asked.push_back(x);
            return disconnected{members, {}};
          },
          [](const room_empty&) {},
          [](const find_rooms&) { return rooms_found{}; },
          [](const use_routes&) {},
          [](const release_topic&) {},
        };
      }));
    actor = system.keep(spawn_disconnector(
      system.executor,
      {name,
       test::rules_of({test::nsp("/", {mapping("chat:{id}", "topic")}),
                       test::nsp("/b", {mapping("chat:{id}", "topic")})}),
       directory,
       [this](const engineio::unwanted& x,
              const std::function<void(std::size_t)>& done) {
         if (is_stuck)
           return;
         auto& from = x.what == engineio::unwanted::kind::id ? clients : users;
         wishes.push_back(x);
         done(from.erase(x.name));
       }}));
  }

  std::string name;
  std::multiset<std::string> clients;
  std::multiset<std::string> users;
  std::vector<engineio::unwanted> wishes;
  std::uint32_t members = 0;
  bool is_stuck = false;
  std::vector<disconnect_room> asked;
  room_directory_actor directory;
  disconnector_actor actor;
};

struct fixture : test::deterministic_actor_system {
  fixture() {
    for (auto* x : {&a, &b, &c})
      for (auto* y : {&a, &b, &c})
        if (x != y)
          join(*x, *y);
  }

  void join(closing_node& x, closing_node& y) {
    tell(x.actor,
         peer_joined{y.name,
                     y.name,
                     {{std::string{disconnector_service},
                       caf::actor_cast<caf::strong_actor_ptr>(y.actor)},
                      {std::string{user_disconnector_service},
                       caf::actor_cast<caf::strong_actor_ptr>(y.actor)}}});
  }

  /// What comes of it, once everybody has answered or the time is over.
  disconnected wish(disconnect_clients x, std::string user = {}) {
    disconnected result;
    bool is_there = false;
    auto request = self->request(
      a.actor, 10s, disconnect_everywhere{std::move(x), std::move(user)});
    advance(disconnect_patience);
    request.receive(
      [&](disconnected& y) { result = std::move(y), is_there = true; },
      [](const caf::error& e) { BOOST_ERROR(to_string(e)); });
    BOOST_TEST(is_there);
    return result;
  }

  closing_node a{*this, "a"}, b{*this, "b"}, c{*this, "c"};
};

BOOST_FIXTURE_TEST_SUITE(a_disconnector, fixture)

BOOST_AUTO_TEST_CASE(finds_a_client_on_any_node) {
  a.clients = {"1", "2"};
  c.clients = {"3", "4"};
  BOOST_TEST(wish({"3", {}, {}}).clients == 1u);
  BOOST_TEST((c.clients == std::multiset<std::string>{"4"}));
  BOOST_TEST(wish({"1", {}, {}}).clients == 1u);
  BOOST_TEST((a.clients == std::multiset<std::string>{"2"}));
}

BOOST_AUTO_TEST_CASE(says_when_nobody_has_the_client) {
  a.clients = {"1"};
  auto result = wish({"2", {}, {}});
  BOOST_TEST(result.clients == 0u);
  BOOST_TEST(result.silent.empty());
  BOOST_TEST(a.clients.size() == 1u);
}

BOOST_AUTO_TEST_CASE(counts_the_members_of_a_room_on_all_nodes) {
  a.members = 2, b.members = 0, c.members = 5;
  BOOST_TEST(wish({{}, "/b", "user:1"}).clients == 7u);
  for (auto* x : {&a, &b, &c}) {
    BOOST_TEST_REQUIRE(x->asked.size() == 1u);
    BOOST_TEST(x->asked[0].nsp == 1u);
    BOOST_TEST(x->asked[0].room == "user:1");
  }
}

BOOST_AUTO_TEST_CASE(knows_no_room_of_a_namespace_that_is_not_there) {
  a.members = 2;
  BOOST_TEST(wish({{}, "/c", "user:1"}).clients == 0u);
  BOOST_TEST(a.asked.empty());
}

BOOST_AUTO_TEST_CASE(counts_a_users_sockets_on_all_nodes) {
  a.users = {"ada", "eve"}, b.users = {"ada"}, c.users = {"ada", "ada"};
  BOOST_TEST(wish({}, "ada").clients == 4u);
  BOOST_TEST((a.users == std::multiset<std::string>{"eve"}));
  BOOST_TEST(b.users.empty());
}

BOOST_AUTO_TEST_CASE(names_a_node_that_knows_of_no_users) {
  a.users = {"ada"};
  tell(a.actor,
       peer_joined{"old",
                   "old",
                   {{std::string{disconnector_service},
                     caf::actor_cast<caf::strong_actor_ptr>(b.actor)}}});
  auto result = wish({}, "ada");
  BOOST_TEST(result.clients == 1u);
  BOOST_TEST(result.silent == texts{"old"});
}

BOOST_AUTO_TEST_CASE(has_who_is_denied_go_from_its_own_node) {
  tell(a.actor, deny{"ada"});
  BOOST_TEST_REQUIRE(a.wishes.size() == 1u);
  BOOST_TEST((a.wishes[0].what == engineio::unwanted::kind::denied));
  BOOST_TEST(a.wishes[0].name == "ada");
  BOOST_TEST(b.wishes.empty()); // they read the topic, too
}

BOOST_AUTO_TEST_CASE(names_the_nodes_that_do_not_answer_in_time) {
  a.clients = {"1"};
  b.is_stuck = true;
  auto result = wish({"1", {}, {}});
  BOOST_TEST(result.clients == 1u);
  BOOST_TEST(result.silent == texts{"b"});
}

BOOST_AUTO_TEST_CASE(does_not_ask_a_node_that_is_gone) {
  b.is_stuck = true;
  tell(a.actor, peer_gone{"b", "b"});
  BOOST_TEST(wish({"1", {}, {}}).silent.empty());
}

BOOST_AUTO_TEST_CASE(names_a_node_that_is_down) {
  a.clients = {"1"}, a.users = {"ada"};
  tell(a.actor, nodes_missing{{"b"}});
  tell(a.actor, peer_gone{"b", "b"});
  auto result = wish({"1", {}, {}});
  BOOST_TEST(result.clients == 1u);
  BOOST_TEST(result.silent == texts{"b"});
  BOOST_TEST(wish({}, "ada").silent == texts{"b"});
}

BOOST_AUTO_TEST_CASE(names_a_node_that_cannot_be_asked) {
  tell(a.actor, peer_joined{"old", "old", {}});
  BOOST_TEST(wish({"1", {}, {}}).silent == texts{"old"});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
