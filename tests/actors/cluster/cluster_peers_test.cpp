#include "actors/runtime/metrics/cluster.hpp"
#include "tests/actors/cluster/cluster_fixture.hpp"

#include <map>
#include <string>

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::cluster_fixture;

using states = std::map<std::string, std::string>;

BOOST_FIXTURE_TEST_SUITE(a_clusters_peers, cluster_fixture)

BOOST_AUTO_TEST_CASE(is_joined_through_any_of_its_nodes) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  auto& c = start("c", {"at-b"});
  connect();
  for (auto* x : {&a, &b, &c})
    BOOST_TEST(
      (states(*x) == ::weir::states{{"a", "up"}, {"b", "up"}, {"c", "up"}}));
  BOOST_TEST(a.joined.size() == 2u);
  BOOST_TEST(a.joined[0].services.contains("test"));
}

// Two that were started apart, and a node that knows both.
BOOST_AUTO_TEST_CASE(becomes_one_by_hearsay) {
  auto& a = start("a");
  start("b", {"at-a"});
  start("c");
  auto& d = start("d", {"at-c"});
  connect();
  BOOST_TEST((states(d) == ::weir::states{{"c", "up"}, {"d", "up"}}));
  start("e", {"at-a", "at-c"});
  connect();
  BOOST_TEST(!states(a).contains("d"));
  for (int i = 0; i < 8; ++i)
    advance(timeout / 4), connect();
  for (auto& [name, x] : nodes)
    BOOST_TEST(
      (states(x)
       == ::weir::states{
         {"a", "up"}, {"b", "up"}, {"c", "up"}, {"d", "up"}, {"e", "up"}}));
}

BOOST_AUTO_TEST_CASE(has_one_link_where_both_begin_at_once) {
  auto& a = start("a", {"at-b"});
  auto& b = start("b", {"at-a"});
  connect();
  BOOST_TEST(ends.size() == 1u);
  BOOST_TEST(a.joined.size() == 1u);
  BOOST_TEST(b.joined.size() == 1u);
}

BOOST_AUTO_TEST_CASE(tells_who_left_from_who_was_lost) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  assign(b, 0);
  tell(b.actor, drain{});
  BOOST_TEST(states(a)["b"] == "left");
  BOOST_TEST(a.owner_of(0) == "nobody");
  BOOST_TEST(a.gone.size() == 1u);
  advance(1h);
  BOOST_TEST(dials.empty());
}

BOOST_AUTO_TEST_CASE(tells_who_asks_others_which_of_them_are_missing) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  start("c", {"at-a"});
  connect();
  BOOST_TEST(a.missing.empty());
  cut_link("a", "b");
  run();
  BOOST_TEST_REQUIRE(a.missing.size() == 1u);
  BOOST_TEST(a.missing[0].names == texts{"b"});
  advance(timeout); // nothing has changed
  BOOST_TEST(a.missing.size() == 1u);
  heal();
  BOOST_TEST_REQUIRE(a.missing.size() == 2u);
  BOOST_TEST(a.missing[1].names.empty());
  tell(b.actor, drain{});
  BOOST_TEST(states(a)["b"] == "left");
  BOOST_TEST(a.missing.size() == 2u);
}

BOOST_AUTO_TEST_CASE(takes_a_node_back_that_was_restarted) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"}, 1);
  connect();
  assign(b, 0);
  auto& again = start("b", {"at-a"}, 2); // before its end was noticed
  connect();
  BOOST_TEST(states(a)["b"] == "up");
  BOOST_TEST(a.gone.size() == 1u);
  BOOST_TEST(a.joined.size() == 2u);
  BOOST_TEST(a.owner_of(0) == "nobody");
  assign(again, 0);
  BOOST_TEST(a.owner_of(0) == "b");
  revoke(b, 0); // what the old one still says counts for nothing
  BOOST_TEST(a.owner_of(0) == "b");
}

// It would not dial if it had the link still.
BOOST_AUTO_TEST_CASE(gives_up_a_link_whose_other_end_dials_again) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  for (auto& x : ends) // b alone sees it end
    end(x.there);
  BOOST_TEST(states(a)["b"] == "up");
  BOOST_TEST(states(b)["a"] == "down");
  advance(timeout / 4);
  connect();
  BOOST_TEST(states(a)["b"] == "down");
  advance(timeout / 4);
  connect();
  BOOST_TEST(states(a)["b"] == "up");
  BOOST_TEST(states(b)["a"] == "up");
}

BOOST_AUTO_TEST_CASE(suspects_a_node_that_falls_silent) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  end(b.actor); // the process lives, its CLUSTER does not
  advance(timeout / 2);
  BOOST_TEST(states(a)["b"] == "suspect");
}

// Whoever comes to the port may give any name, and come from any port.
BOOST_AUTO_TEST_CASE(counts_refused_links_and_keeps_little_of_them) {
  auto& a = start("a");
  auto refused = count(system, metrics::links_refused, "secret");
  for (int i = 0; i < 10'000; ++i) {
    cluster::hello hello;
    hello.node = "n" + std::to_string(i);
    lend_thread_to(a.actor);
    a.owner->on_failed({false,
                        "10.0.0.1:" + std::to_string(i),
                        hello,
                        {cluster::refusal_code::secret, "the secrets differ"}});
  }
  BOOST_TEST(refused->value() == 10'000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
