#include "actors/cluster/interim_readers.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "tests/actors/cluster/cluster_fixture.hpp"

#include <set>

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::cluster_fixture;

using numbers = std::set<std::int32_t>;

numbers together(const numbers& x, const numbers& y) {
  auto result = x;
  result.insert(y.begin(), y.end());
  return result;
}

BOOST_FIXTURE_TEST_SUITE(a_cluster_that_has_lost_a_node, cluster_fixture)

BOOST_AUTO_TEST_CASE(has_others_read_at_once_what_a_lost_node_had) {
  auto [a, b, c] = start_three();
  BOOST_TEST(a.orders.empty());
  lose("c", {"a", "b"});
  BOOST_TEST((together(a.ordered(), b.ordered()) == numbers{0, 1, 2, 3}));
  BOOST_TEST(a.ordered().size() + b.ordered().size() == 4u);
  for (auto* x : {&a, &b})
    for (auto i : x->ordered())
      read_for_others(*x, i);
  for (std::int32_t i = 0; i < 4; ++i) {
    auto reader = a.ordered().contains(i) ? "a" : "b";
    BOOST_TEST(a.owner_of(i) == reader);
    BOOST_TEST(b.owner_of(i) == reader);
  }
  advance(2 * handover);
  BOOST_TEST(a.unreachable.why.empty());
  BOOST_TEST(ask<cluster_status>(a.actor, query_status{})->reasons.empty());
  BOOST_TEST(gauge(system, metrics::partitions_interim)->value() > 0);
}

BOOST_AUTO_TEST_CASE(has_them_give_up_what_the_group_has_assigned) {
  auto [a, b, c] = start_three();
  lose("c", {"a", "b"});
  for (auto* x : {&a, &b})
    for (auto i : x->ordered())
      read_for_others(*x, i);
  auto was_bs = b.ordered();
  for (std::int32_t i = 0; i < 4; ++i)
    assign(a, i);
  BOOST_TEST(a.ordered().empty());
  BOOST_TEST(b.ordered().empty());
  for (auto i : was_bs)
    read_no_more(b, i);
  for (std::int32_t i = 0; i < 4; ++i) {
    BOOST_TEST(a.owner_of(i) == "a");
    BOOST_TEST(b.owner_of(i) == "a");
  }
  BOOST_TEST(gauge(system, metrics::partitions_interim)->value() == 0);
}

// It was not heard of, and still has its partitions from the group.
BOOST_AUTO_TEST_CASE(goes_back_to_a_lost_node_that_is_there_again) {
  auto [a, b, c] = start_three();
  lose("c", {"a", "b"});
  for (auto* x : {&a, &b})
    for (auto i : x->ordered())
      read_for_others(*x, i);
  BOOST_TEST(c.ordered().empty()); // nobody else had anything
  heal();
  BOOST_TEST(a.ordered().empty());
  BOOST_TEST(b.ordered().empty());
  for (std::int32_t i = 0; i < 4; ++i) {
    BOOST_TEST(a.owner_of(i) == "c");
    BOOST_TEST(b.owner_of(i) == "c");
  }
}

BOOST_AUTO_TEST_CASE(waits_for_what_moves_from_one_member_to_another) {
  auto [a, b, c] = start_three();
  revoke(c, 0);
  advance(interim_readers::grace - 1ms);
  for (auto* x : {&a, &b, &c})
    BOOST_TEST(x->ordered().empty());
  advance(interim_readers::turn * 2 + 1ms);
  BOOST_TEST(
    !together(together(a.ordered(), b.ordered()), c.ordered()).empty());
}

BOOST_AUTO_TEST_CASE(has_others_read_at_once_what_a_node_had_that_drains) {
  auto [a, b, c] = start_three();
  tell(c.actor, group_leaving{});
  for (std::int32_t i = 0; i < 4; ++i)
    revoke(c, i);
  BOOST_TEST((together(a.ordered(), b.ordered()) == numbers{0, 1, 2, 3}));
  BOOST_TEST(c.ordered().empty());
  advance(interim_readers::grace * 2);
  BOOST_TEST(c.ordered().empty());
}

BOOST_AUTO_TEST_CASE(tells_who_comes_what_is_read_for_others) {
  auto [a, b, c] = start_three();
  lose("c", {"a", "b"});
  for (auto* x : {&a, &b})
    for (auto i : x->ordered())
      read_for_others(*x, i);
  auto& d = start("d", {"at-a"});
  connect();
  join_group(d);
  for (std::int32_t i = 0; i < 4; ++i)
    BOOST_TEST(d.owner_of(i) == (a.ordered().contains(i) ? "a" : "b"));
  // As interim readers: who has it from the group comes first.
  auto claims = d.events.size();
  assign(d, 0);
  BOOST_TEST(d.owner_of(0) == "d");
  BOOST_TEST(d.events.size() == claims + 1);
  BOOST_TEST(!together(a.ordered(), b.ordered()).contains(0));
}

BOOST_AUTO_TEST_CASE(leaves_it_to_nodes_of_its_version) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  auto& c = start("c", {"at-a"});
  b.is_from_before = true;
  connect();
  for (auto* x : {&a, &b, &c})
    join_group(*x);
  for (std::int32_t i = 0; i < 4; ++i)
    assign(c, i);
  lose("c", {"a", "b"});
  BOOST_TEST((a.ordered() == numbers{0, 1, 2, 3}));
  for (std::int32_t i = 0; i < 4; ++i)
    read_for_others(a, i);
  // It takes these for any other claims.
  for (std::int32_t i = 0; i < 4; ++i)
    BOOST_TEST(b.owner_of(i) == "a");
}

BOOST_AUTO_TEST_CASE(reads_nothing_for_others_in_a_group_of_strangers) {
  auto [a, b, c] = start_three();
  lose("c", {"a", "b"});
  lose("b", {"a"});
  BOOST_TEST((a.ordered() == numbers{0, 1, 2, 3}));
  group_report report{false, false, false, {}};
  report.reader = a.reader;
  report.group.emplace().members = {member_of("x", {0, 1}),
                                    member_of("y", {2, 3})};
  ask<group_order>(a.actor, report);
  for (int i = 0; i < 5; ++i)
    advance(timeout / 4);
  ask<group_order>(a.actor, report);
  BOOST_TEST(a.exclusions == 1u);
  BOOST_TEST(a.ordered().empty());
}

// Or nobody would notice that it is in the way.
BOOST_AUTO_TEST_CASE(leaves_to_an_application_what_the_group_has_given_it) {
  auto [a, b, c] = start_three();
  revoke(c, 0);
  advance(interim_readers::grace + 2 * interim_readers::turn);
  BOOST_TEST(a.ordered().contains(0));
  read_for_others(a, 0);
  group_report report{true, true, false, {}};
  report.reader = a.reader;
  report.group.emplace().members
    = {{"kcat-1", "", "kcat", "/10.0.0.9", {{"topic", 0}}}};
  ask<group_order>(a.actor, report);
  BOOST_TEST(a.ordered().empty());
  read_no_more(a, 0);
  for (int i = 0; i < 10; ++i)
    advance(timeout / 4);
  BOOST_TEST(a.unreachable.why.at({"topic", 0}).find("kcat")
             != std::string::npos);
  // It is another matter when a node has had it since.
  assign(c, 0);
  lose("c", {"a", "b"});
  BOOST_TEST(together(a.ordered(), b.ordered()).contains(0));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
