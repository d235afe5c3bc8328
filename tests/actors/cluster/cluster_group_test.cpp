#include "actors/runtime/metrics/cluster.hpp"
#include "tests/actors/cluster/cluster_fixture.hpp"

#include <string>

namespace weir {

namespace {

using test::cluster_fixture;

BOOST_FIXTURE_TEST_SUITE(a_cluster_in_a_group, cluster_fixture)

BOOST_AUTO_TEST_CASE(lets_a_node_into_the_group_once_it_has_its_links) {
  start("a");
  auto& b = start("b", {"at-a"});
  cut.insert({"b", "a"});
  connect();
  group_report report;
  report.group.emplace().members = {member_of("a", {0, 1})};
  auto order = ask<group_order>(b.actor, report);
  BOOST_TEST_REQUIRE(order.has_value());
  BOOST_TEST((order->what == group_order::action::none));
  heal();
  BOOST_TEST(
    (ask<group_order>(b.actor, report)->what == group_order::action::join));
}

BOOST_AUTO_TEST_CASE(sends_clients_away_from_a_node_that_is_refused) {
  auto& b = start("b", {"at-a"});
  tell(b.actor, topic_known{"topic", 2});
  group_report report;
  report.group.emplace().members = {member_of("a", {0, 1})};
  ask<group_order>(b.actor, report);
  advance(timeout);
  BOOST_TEST(b.exclusions == 1u);
  BOOST_TEST(!b.unreachable.everywhere.empty());
  BOOST_TEST(b.unreachable.why.size() == 2u);
  auto reasons = ask<cluster_status>(b.actor, query_status{})->reasons;
  BOOST_TEST_REQUIRE(reasons.size() == 1u);
  BOOST_TEST(reasons[0].find("topic/0, topic/1") != std::string::npos);
  auto brief = ask<cluster_status>(b.actor, query_status{true});
  BOOST_TEST(brief->reasons == reasons);
  BOOST_TEST(brief->nodes.empty());
  BOOST_TEST(gauge(system, metrics::partitions_unreachable)->value() == 2);
  report.group->members.clear();
  BOOST_TEST(
    (ask<group_order>(b.actor, report)->what == group_order::action::join));
  BOOST_TEST(b.unreachable.everywhere.empty());
  BOOST_TEST(ask<cluster_status>(b.actor, query_status{})->reasons.empty());
  BOOST_TEST(b.exclusions == 1u);
}

BOOST_AUTO_TEST_CASE(tells_which_partitions_nobody_reads) {
  auto& a = start("a");
  tell(a.actor, topic_known{"topic", 2});
  ask<group_order>(a.actor, group_report{true, true, false, {}});
  assign(a, 0);
  advance(timeout);
  group_report report{true, true, false, {}};
  report.group.emplace().members = {
    member_of("a", {0}), {"kcat-1", "", "kcat", "/10.0.0.9", {{"topic", 1}}}};
  ask<group_order>(a.actor, report);
  BOOST_TEST_REQUIRE(a.unreachable.why.size() == 1u);
  auto why = a.unreachable.why.at({"topic", 1});
  BOOST_TEST(why.find("kcat") != std::string::npos);
  BOOST_TEST(a.exclusions == 0u);
  assign(a, 1);
  advance(timeout / 4);
  BOOST_TEST(a.unreachable.why.empty());
  BOOST_TEST(gauge(system, metrics::partitions_unreachable)->value() == 0);
}

BOOST_AUTO_TEST_CASE(gives_kafka_time_after_a_link_is_lost) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  tell(a.actor, topic_known{"topic", 1});
  ask<group_order>(a.actor, group_report{true, true, false, {}});
  assign(b, 0);
  cut_link("a", "b");
  run();
  advance(handover - timeout);
  BOOST_TEST(a.unreachable.why.empty());
  for (int i = 0; i < 5; ++i)
    advance(timeout / 4);
  BOOST_TEST(a.unreachable.why.size() == 1u);
  heal();
  for (int i = 0; i < 4; ++i)
    advance(timeout / 4), connect();
  BOOST_TEST(a.unreachable.why.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
