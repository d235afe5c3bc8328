#include "actors/node/read_topics.hpp" // unit under test

#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

using topic_set = std::set<std::string>;
using problems = read_topics::problems;
using waiting_answer = caf::typed_response_promise<void>;

/// GATEWAY's part, between actors that answer when they are told to.
struct fixture : test::deterministic_actor_system {
  fixture() {
    owner = keep_probe(system.spawn([this](gateway_actor::pointer me) {
      topics.emplace(me, *rules);
      return gateway_actor::behavior_type{
        [](drain) {},
        [](clients_gone) {},
        [this](reload_config) {
          std::exchange(todo, nullptr)();
          return config_reloaded{};
        },
        [](const peer_joined&) {},
        [](const peer_gone&) {},
      };
    }));
    run();
    topics->open({group, cluster, directory, spawn_producer()});
  }

  /// Ends before what it has; and promises before those who have made them.
  ~fixture() {
    end(owner);
    lend_thread_to(group), lend_thread_to(cluster), lend_thread_to(directory);
    check = {}, readers = {};
    released.clear();
  }

  consumer_group_actor spawn_group() {
    return keep_probe(system.spawn([this](consumer_group_actor::pointer me) {
      return consumer_group_actor::behavior_type{
        [](const read_interim&) {},
        [](group_event) {},
        [](const commit_position&) {},
        [](query_status) { return group_status{}; },
        [this, me](const check_topics& x) {
          checked.push_back(x);
          check = me->make_response_promise<topics_checked>();
          return check;
        },
        [this](const use_topics& x) { used.push_back(x); },
        [](drain) {},
      };
    }));
  }

  cluster_actor spawn_cluster() {
    return keep_probe(system.spawn([this](cluster_actor::pointer me) {
      return cluster_actor::behavior_type{
        [](const peer_greeting&) {},
        [](const claims_changed&) {},
        [](const addresses_known&) {},
        [](const node_load&) {},
        [](node_leaving) {},
        [](const interim_state&) {},
        [](const mappings_used&) {},
        [](const node_readiness&) {},
        [](const partition_assigned&) {},
        [](const partition_revoked&) {},
        [](const topic_known&) {},
        [](const group_report&) { return group_order{}; },
        [](const interim_assigned&) {},
        [](const interim_revoked&) {},
        [](group_leaving) {},
        [](query_status) { return cluster_status{}; },
        [](const use_config&) {},
        [](const readiness_known&) {},
        [this, me](const await_readers& x) {
          awaited.push_back(x.topics);
          readers = me->make_response_promise<void>();
          return readers;
        },
        [](drain) {},
      };
    }));
  }

  room_directory_actor spawn_directory() {
    return keep_probe(system.spawn([this](room_directory_actor::pointer me) {
      return room_directory_actor::behavior_type{
        [](const join_room&) {},
        [](const leave_room&) {},
        [](const broadcast_local&) {},
        [](const disconnect_room&) { return disconnected{}; },
        [](const room_empty&) {},
        [](const use_routes&) {},
        [this, me](const release_topic& x) {
          auto answer = me->make_response_promise<void>();
          released.emplace_back(x.topic, answer);
          return answer;
        },
        [](const find_rooms&) { return rooms_found{}; },
      };
    }));
  }

  producer_actor spawn_producer() {
    return keep_probe(system.spawn([this](producer_actor::pointer) {
      return producer_actor::behavior_type{
        [](const produce_records&) {},
        [](const producer_event&) {},
        [this](const declare_topics& x) { declared.push_back(x.topics); },
        [](query_status) { return producer_status{}; },
        [](drain) {},
      };
    }));
  }

  /// Mappings of these topics; into those with a "!" clients emit.
  routes_ptr follow(const std::vector<std::string>& names) {
    std::vector<mapping_options> all;
    for (auto& x : names) {
      auto is_written = x.ends_with('!');
      auto topic = x.substr(0, x.size() - (is_written ? 1 : 0));
      all.push_back(test::mapping(topic + ":{id}", topic));
      if (is_written)
        all.back().events = {"say " + topic};
    }
    return std::make_shared<const routes>(
      std::vector{test::nsp("/", std::move(all))}, std::size_t{100}, rules);
  }

  /// In the actor's own turn.
  void act(std::function<void()> x) {
    todo = std::move(x);
    tell(owner, reload_config{});
  }

  void add(const std::vector<std::string>& names) {
    act([this, next = follow(names)] {
      topics->add(*next, [this](const problems& x) { results.push_back(x); });
    });
  }

  void keep_to(const std::vector<std::string>& names) {
    rules = follow(names);
    act([this] { topics->keep(*rules); });
  }

  /// All of it goes well.
  void change_to(const std::vector<std::string>& names) {
    add(names);
    answer_check({});
    answer_readers();
    keep_to(names);
  }

  void answer_check(problems x) {
    lend_thread_to(group);
    check.deliver(topics_checked{std::move(x)});
    run();
  }

  void answer_readers() {
    lend_thread_to(cluster);
    readers.deliver();
    run();
  }

  void release(std::size_t i) {
    lend_thread_to(directory);
    released.at(i).second.deliver();
    run();
  }

  routes_ptr rules = test::rules_of({test::nsp(
    "/", {test::mapping("a:{id}", "a"), test::mapping("b:{id}", "b")})});
  std::optional<read_topics> topics;
  std::function<void()> todo;
  std::vector<problems> results;
  std::vector<check_topics> checked;
  caf::typed_response_promise<topics_checked> check;
  std::vector<use_topics> used;
  std::vector<topic_set> awaited;
  waiting_answer readers;
  std::vector<std::pair<std::string, waiting_answer>> released;
  std::vector<topic_set> declared;
  consumer_group_actor group = spawn_group();
  cluster_actor cluster = spawn_cluster();
  room_directory_actor directory = spawn_directory();
  gateway_actor owner;
};

BOOST_FIXTURE_TEST_SUITE(the_topics_that_are_read, fixture)

BOOST_AUTO_TEST_CASE(are_at_first_those_of_the_mappings) {
  BOOST_TEST(
    (topics->missing(*follow({"b", "c", "a", "d"})) == topic_set{"c", "d"}));
  BOOST_TEST(topics->missing(*follow({"b"})).empty());
}

BOOST_AUTO_TEST_CASE(are_more_once_those_have_readers) {
  add({"a", "c!", "d"});
  BOOST_TEST(topics->is_adding());
  BOOST_TEST_REQUIRE(checked.size() == 1u);
  BOOST_TEST((checked[0].topics == topic_set{"c", "d"}));
  BOOST_TEST((checked[0].written == topic_set{"c"}));
  BOOST_TEST(used.empty());
  answer_check({});
  BOOST_TEST((declared == std::vector{topic_set{"c", "d"}}));
  BOOST_TEST_REQUIRE(used.size() == 1u);
  BOOST_TEST((used[0].topics == topic_set{"a", "b", "c", "d"}));
  BOOST_TEST(used[0].written.empty()); // nobody may emit into them yet
  BOOST_TEST((awaited == std::vector{topic_set{"c", "d"}}));
  BOOST_TEST(results.empty());
  answer_readers();
  BOOST_TEST_REQUIRE(results.size() == 1u);
  BOOST_TEST(results[0].empty());
  BOOST_TEST(!topics->is_adding());
  BOOST_TEST(topics->missing(*follow({"c", "d"})).empty());
}

BOOST_AUTO_TEST_CASE(are_the_same_where_one_cannot_be_used) {
  add({"a", "c", "d"});
  answer_check({{"c", "it does not exist"}});
  BOOST_TEST_REQUIRE(results.size() == 1u);
  BOOST_TEST((results[0] == problems{{"c", "it does not exist"}}));
  BOOST_TEST(!topics->is_adding());
  BOOST_TEST(declared.empty());
  BOOST_TEST((topics->missing(*follow({"c", "d"})) == topic_set{"c", "d"}));
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(are_the_same_where_kafka_does_not_say) {
  add({"a", "c"});
  advance(check_patience - 1ms);
  BOOST_TEST(results.empty());
  advance(1ms);
  BOOST_TEST_REQUIRE(results.size() == 1u);
  BOOST_TEST(results[0].contains("c"));
  BOOST_TEST(awaited.empty());
}

BOOST_AUTO_TEST_CASE(are_the_same_where_nobody_reads_them_in_time) {
  add({"a", "c"});
  answer_check({});
  advance(readers_patience - 1ms);
  BOOST_TEST(results.empty());
  advance(1ms);
  BOOST_TEST_REQUIRE(results.size() == 1u);
  BOOST_TEST(results[0].contains("c"));
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
  BOOST_TEST((topics->missing(*follow({"c"})) == topic_set{"c"}));
  // and may be so the next time
  change_to({"a", "c"});
  BOOST_TEST(results.back().empty());
}

BOOST_AUTO_TEST_CASE(are_written_as_mappings_say) {
  keep_to({"a!", "b"});
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
  BOOST_TEST((used.back().written == topic_set{"a"}));
  BOOST_TEST(released.empty());
}

BOOST_AUTO_TEST_CASE(are_fewer_when_no_room_has_one_any_more) {
  keep_to({"a"});
  BOOST_TEST_REQUIRE(released.size() == 1u);
  BOOST_TEST(released[0].first == "b");
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
  release(0);
  BOOST_TEST((used.back().topics == topic_set{"a"}));
  BOOST_TEST((topics->missing(*follow({"b"})) == topic_set{"b"}));
}

BOOST_AUTO_TEST_CASE(are_not_fewer_where_mappings_have_it_again) {
  keep_to({"a"});
  keep_to({"a", "b"});
  release(0);
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
  // Rooms of that time are none of the question before.
  keep_to({"a"});
  BOOST_TEST_REQUIRE(released.size() == 2u);
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
  release(1);
  BOOST_TEST((used.back().topics == topic_set{"a"}));
}

BOOST_AUTO_TEST_CASE(are_not_fewer_for_what_was_asked_two_changes_ago) {
  keep_to({"a"});
  keep_to({"a", "b"});
  keep_to({"a"});
  release(0);
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
  release(1);
  BOOST_TEST((used.back().topics == topic_set{"a"}));
}

BOOST_AUTO_TEST_CASE(keep_what_mappings_to_come_have) {
  keep_to({"a"});
  add({"a", "b", "c"});
  BOOST_TEST((checked.at(0).topics == topic_set{"c"}));
  release(0);
  answer_check({});
  BOOST_TEST((used.back().topics == topic_set{"a", "b", "c"}));
  answer_readers();
  keep_to({"a", "b", "c"});
  BOOST_TEST((used.back().topics == topic_set{"a", "b", "c"}));
}

BOOST_AUTO_TEST_CASE(are_fewer_after_all_where_those_do_not_come) {
  keep_to({"a"});
  add({"a", "b", "c"});
  release(0);
  answer_check({{"c", "it does not exist"}});
  BOOST_TEST_REQUIRE(released.size() == 2u);
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
  release(1);
  BOOST_TEST((used.back().topics == topic_set{"a"}));
}

/// As where the certificates, which are read last, are of no use.
BOOST_AUTO_TEST_CASE(give_back_what_is_read_and_not_mapped_after_all) {
  add({"a", "b", "c"});
  answer_check({});
  answer_readers();
  act([this] { topics->keep(*rules); });
  BOOST_TEST_REQUIRE(released.size() == 1u);
  BOOST_TEST(released[0].first == "c");
  release(0);
  BOOST_TEST((used.back().topics == topic_set{"a", "b"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
