#include "tests/actors/cluster/cluster_fixture.hpp"

#include <caf/event_based_actor.hpp>

#include <ctime>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace weir {

namespace {

using test::cluster_fixture;

BOOST_FIXTURE_TEST_SUITE(a_clusters_claims, cluster_fixture)

BOOST_AUTO_TEST_CASE(tells_every_router_who_reads_a_partition) {
  auto& a = start("a");
  assign(a, 0);
  auto& b = start("b", {"at-a"});
  connect();
  assign(b, 1);
  for (auto* x : {&a, &b}) {
    BOOST_TEST(x->owner_of(0) == "a");
    BOOST_TEST(x->owner_of(1) == "b");
  }
  revoke(a, 0);
  BOOST_TEST(b.owner_of(0) == "nobody");
  assign(b, 0);
  BOOST_TEST(a.owner_of(0) == "b");
}

// A rebalance brings a message for each partition.
BOOST_AUTO_TEST_CASE(tells_others_at_once_what_a_turn_has_brought) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  auto to_b = ends[0].from == &a ? ends[0].there : ends[0].back;
  auto before = state_of(to_b).claims;
  auto reader = consumer("a");
  for (std::int32_t i = 0; i < 100; ++i)
    caf::anon_send(a.actor, partition_assigned{"topic", i, reader});
  caf::anon_send(a.actor, partition_revoked{"topic", 7});
  run();
  BOOST_TEST(state_of(to_b).claims == before + 1);
  BOOST_TEST(b.owner_of(0) == "a");
  BOOST_TEST(b.owner_of(7) == "nobody");
  BOOST_TEST(b.owner_of(99) == "a");
}

/// CPU's, for what happens when one of two nodes takes so many partitions, is
/// lost, and the other reads them, first for the time being.
double seconds_of_taking_over(std::int32_t partitions) {
  cluster_fixture world;
  auto& a = world.start("a");
  auto& b = world.start("b", {"at-a"});
  world.connect();
  world.join_group(a), world.join_group(b);
  for (auto* x : {&a, &b})
    world.tell(x->actor, topic_known{"topic", partitions});
  auto readers = std::map{std::pair{"a", world.consumer("a")},
                          std::pair{"b", world.consumer("b")}};
  auto each = [&](auto& to, auto make) {
    for (std::int32_t i = 0; i < partitions; ++i)
      caf::anon_send(to.actor, make(i));
    world.run();
  };
  auto begin = std::clock();
  each(b, [&](auto i) {
    return partition_assigned{"topic", i, readers.at("b")};
  });
  world.lose("b", {"a"});
  each(a, [&](auto i) {
    return interim_assigned{{"topic", i, readers.at("a")}};
  });
  each(a, [&](auto i) {
    return partition_assigned{"topic", i, readers.at("a")};
  });
  auto result = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  BOOST_TEST(a.ordered().empty());
  BOOST_TEST(a.owner_of(partitions - 1) == "a");
  return result;
}

// That each partition cost as much as there are was the case once: ten times as
// many took a hundred times as long.
BOOST_AUTO_TEST_CASE(works_by_the_number_of_partitions_that_change) {
  auto few = seconds_of_taking_over(1000);
  auto many = seconds_of_taking_over(10'000);
  BOOST_TEST_MESSAGE("1,000 partitions: " << few << " s, 10,000: " << many);
  BOOST_TEST(many < 40 * few);
}

BOOST_AUTO_TEST_CASE(hands_on_how_many_partitions_a_topic_has) {
  auto& a = start("a");
  tell(a.actor, topic_known{"topic", 4});
  BOOST_TEST_REQUIRE(a.topics.size() == 1u);
  BOOST_TEST(a.topics[0].partitions == 4);
}

BOOST_AUTO_TEST_CASE(knows_of_no_owner_while_a_link_is_cut) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  assign(a, 0);
  cut_link("a", "b");
  BOOST_TEST(b.owner_of(0) == "nobody");
  BOOST_TEST(a.owner_of(0) == "a");
  BOOST_TEST(states(b)["a"] == "down");
  BOOST_TEST(b.gone.size() == 1u);
  heal();
  BOOST_TEST(b.owner_of(0) == "a");
  BOOST_TEST(states(b)["a"] == "up");
  BOOST_TEST(b.joined.size() == 2u);
}

BOOST_AUTO_TEST_CASE(follows_a_partition_that_moved_while_its_owner_was_away) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  auto& c = start("c", {"at-a"});
  connect();
  assign(a, 0);
  cut_link("a", "b"), cut_link("a", "c");
  assign(b, 0); // as Kafka took it for dead
  BOOST_TEST(c.owner_of(0) == "b");
  heal();
  revoke(a, 0); // as it learns now
  BOOST_TEST(c.owner_of(0) == "b");
  BOOST_TEST(a.owner_of(0) == "b");
}

// -- topics that are new ------------------------------------------------------

struct with_topics : cluster_fixture {
  /// `is_read`: once that is the answer.
  void await(node& x, std::set<std::string> topics, bool& is_read) {
    keep(system.spawn([&x, topics, &is_read](caf::event_based_actor* me) {
      me->request(x.actor, caf::infinite, await_readers{topics})
        .then([&is_read] { is_read = true; });
    }));
    run();
  }

  void know(node& x, std::int32_t partitions) {
    tell(x.actor, topic_known{"topic", partitions, {}});
  }
};

BOOST_FIXTURE_TEST_CASE(tells_when_each_partition_of_topics_has_a_reader,
                        with_topics) {
  auto& a = start("a");
  auto is_read = false;
  await(a, {"topic"}, is_read);
  assign(a, 0);
  BOOST_TEST(!is_read); // of how many?
  know(a, 2);
  BOOST_TEST(!is_read);
  assign(a, 1);
  BOOST_TEST(is_read);
  auto is_read_again = false;
  await(a, {"topic"}, is_read_again);
  BOOST_TEST(is_read_again);
}

BOOST_FIXTURE_TEST_CASE(tells_so_as_soon_as_it_knows_what_others_read,
                        with_topics) {
  auto &a = start("a"), &b = start("b", {"at-a"});
  connect();
  for (auto i : {0, 1})
    assign(b, i);
  auto is_read = false;
  await(a, {"topic"}, is_read);
  BOOST_TEST(!is_read);
  know(a, 2);
  BOOST_TEST(is_read);
}

BOOST_FIXTURE_TEST_CASE(takes_a_topic_that_is_not_read_any_more_for_a_new_one,
                        with_topics) {
  auto& a = start("a");
  know(a, 1);
  assign(a, 0);
  revoke(a, 0);
  know(a, 0);
  auto is_read = false;
  await(a, {"topic"}, is_read);
  assign(a, 0);
  BOOST_TEST(!is_read);
  know(a, 1);
  BOOST_TEST(is_read);
  BOOST_TEST(a.topics.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
