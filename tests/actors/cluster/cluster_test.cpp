#include "actors/cluster/cluster.hpp"

#include "actors/contract/ownership.hpp"
#include "tests/actors/cluster/cluster_fixture.hpp"

#include <vector>

namespace weir {

namespace {

using test::cluster_fixture;

BOOST_FIXTURE_TEST_SUITE(a_cluster, cluster_fixture)

BOOST_AUTO_TEST_CASE(stays_alone_without_links) {
  std::vector<partition_assigned> assigned;
  std::vector<partition_revoked> revoked;
  std::vector<topic_known> topics;
  cluster_node_options options;
  options.self.node = "a";
  options.timeout = timeout;
  std::vector<partitions_unreachable> unreachable;
  auto router = spawn_probe<partition_router_actor>(&assigned, &revoked,
                                                    &topics, &unreachable);
  auto alone = keep(spawn_cluster(executor, std::move(options), router));
  tell(alone, partition_assigned{"topic", 0, consumer("a")});
  tell(alone, partition_revoked{"topic", 0});
  BOOST_TEST(assigned.size() == 1u);
  BOOST_TEST(revoked.size() == 1u);
  auto status = ask<cluster_status>(alone, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  BOOST_TEST(status->nodes.size() == 1u);
  BOOST_TEST(status->nodes[0].state == "up");
}

BOOST_AUTO_TEST_CASE(says_what_it_has_before_it_leaves) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  caf::anon_send(a.actor, partition_assigned{"topic", 0, consumer("a")});
  tell(a.actor, drain{});
  BOOST_TEST(b.events.size() == 2u);
  BOOST_TEST(b.owner_of(0) == "nobody");
}

/// Were the process to end before, they would take it for lost.
BOOST_AUTO_TEST_CASE(has_left_when_the_others_know) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  auto& end = state_of(ends.back().there);
  end.is_stuck = true;
  auto has_left = false;
  drain_node(b, has_left);
  BOOST_TEST(!has_left);
  end.pass(node_leaving{}), end.stuck.deliver();
  run();
  BOOST_TEST(has_left);
  BOOST_TEST(states(a)["b"] == "left");
  BOOST_TEST(b.gone.empty()); // whose sessions live on
}

BOOST_AUTO_TEST_CASE(leaves_without_those_that_are_out_of_reach) {
  start("a");
  auto& b = start("b", {"at-a"});
  connect();
  state_of(ends.back().there).is_stuck = true;
  auto has_left = false;
  drain_node(b, has_left);
  cut_link("a", "b");
  BOOST_TEST(has_left);
}

/// Who knows that a node leaves ends the link, and so its own answer is lost.
BOOST_AUTO_TEST_CASE(has_left_when_those_who_know_have_ended_the_link) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  for (auto& x : ends)
    for (auto* end : {&x.there, &x.back})
      state_of(*end).lost_answers = &lost_answers;
  auto has_left = false;
  drain_node(b, has_left);
  BOOST_TEST(lost_answers.size() == 1u);
  BOOST_TEST(!has_left);
  cut_link("a", "b"); // the end that the leaver has follows the other
  BOOST_TEST(has_left);
  BOOST_TEST(states(a)["b"] == "left");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
