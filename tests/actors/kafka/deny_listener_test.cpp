#include "actors/kafka/deny_listener.hpp" // unit under test

#include "actors/contract/cluster.hpp"
#include "actors/contract/disconnect.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace weir {

namespace {

using enum auth::deny_list::verdict;
using texts = std::vector<std::string>;

struct fixture : test::deterministic_actor_system {
  fixture() {
    auto probe = system.spawn([this](disconnector_actor::pointer) {
      return disconnector_actor::behavior_type{
        [](const disconnect_clients&) { return disconnected{}; },
        [](const disconnect_user&) { return disconnected{}; },
        [](const peer_joined&) {},
        [](const peer_gone&) {},
        [](const nodes_missing&) {},
        [this](const deny& x) { sent_away.push_back(x.name); },
        [](const disconnect_everywhere&) { return disconnected{}; },
        [](const clients_searched&) {},
      };
    });
    listener = std::make_unique<deny_listener>(system, list, keep_probe(probe));
  }

  void deny_all(const texts& names) {
    for (auto& x : names)
      listener->on_record(x, "because");
    run();
  }

  auth::deny_list::verdict verdict(std::string_view name) const {
    return list->look_up(name, {});
  }

  texts sent_away;
  std::shared_ptr<auth::deny_list> list
    = std::make_shared<auth::deny_list>(1000);
  std::unique_ptr<deny_listener> listener;
};

BOOST_FIXTURE_TEST_SUITE(a_deny_listener, fixture)

BOOST_AUTO_TEST_CASE(sends_away_who_is_denied_once_all_is_known) {
  deny_all({"ada"}); // as nobody has been let in yet
  BOOST_TEST(sent_away.empty());
  listener->on_state("");
  deny_all({"eve", "eve"});
  BOOST_TEST(sent_away == texts{"eve"}, boost::test_tools::per_element());
  listener->on_record("eve", std::nullopt);
  BOOST_TEST((verdict("ada") == denied));
  BOOST_TEST((verdict("eve") == allowed));
}

/// Whoever is denied by the new one is sent away, be it again.
BOOST_AUTO_TEST_CASE(knows_nothing_while_the_topic_is_another_one) {
  deny_all({"ada"});
  listener->on_state("");
  listener->on_restart();
  BOOST_TEST((verdict("ada") == unknown));
  BOOST_TEST((verdict("eve") == unknown));
  deny_all({"eve", "ada"});
  BOOST_TEST((verdict("eve") == unknown));
  BOOST_TEST(sent_away == (texts{"eve", "ada"}),
             boost::test_tools::per_element());
  listener->on_state("");
  BOOST_TEST((verdict("eve") == denied));
  BOOST_TEST((verdict("bob") == allowed));
}

BOOST_AUTO_TEST_CASE(has_room_again_when_the_topic_is_another_one) {
  listener->on_state("");
  for (int i = 0; !list->is_full(); ++i)
    deny_all({"user-" + std::to_string(i)});
  BOOST_TEST((verdict("bob") == unknown));
  listener->on_restart();
  deny_all({"ada"});
  listener->on_state("");
  BOOST_TEST((verdict("bob") == allowed));
  BOOST_TEST((verdict("user-1") == allowed));
  BOOST_TEST((verdict("ada") == denied));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
