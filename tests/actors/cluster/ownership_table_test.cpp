#include "actors/cluster/ownership_table.hpp"

#include "actors/contract/ownership.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

struct fixture : test::deterministic_actor_system {
  partition_consumer_actor consumer() {
    return keep_probe(system.spawn([](partition_consumer_actor::pointer) {
      return partition_consumer_actor::behavior_type{
        [](const subscribe&) {},
        [](const add_keys&) {},
        [](const remove_keys&) {},
        [](const unsubscribe&) {},
        [](const grant_credit&) {},
        [](const relay_event&) {},
        [](records_ready) {},
        [](revoke_partition) { return commit_position{}; },
      };
    }));
  }

  partition_consumer_actor p = consumer(), q = consumer();
  const kafka::topic_partition x{"topic", 0}, y{"topic", 1};
  ownership_table table;
};

BOOST_FIXTURE_TEST_SUITE(an_ownership_table, fixture)

BOOST_AUTO_TEST_CASE(knows_of_each_node_what_it_claims_and_for_how_long) {
  table.claim("a", {x, p});
  table.claim("a", {y, p, true});
  table.claim("b", {y, q});
  BOOST_TEST(table.claims_of("a").size() == 2u);
  BOOST_TEST_REQUIRE(table.interim_claims_of("a").size() == 1u);
  BOOST_TEST((table.interim_claims_of("a")[0].partition == y));
  BOOST_TEST(table.interim_claims_of("b").empty());
  table.claim("a", {y, p});
  BOOST_TEST(table.interim_claims_of("a").empty());
  table.drop("a", x);
  table.drop("a", y);
  BOOST_TEST(table.claims_of("a").empty());
  BOOST_TEST(table.claims_of("b").size() == 1u);
}

BOOST_AUTO_TEST_CASE(puts_the_newest_claim_in_force) {
  BOOST_TEST((table.claim("a", {x, p})->consumer == p));
  BOOST_TEST((table.claim("b", {x, q})->consumer == q));
  BOOST_TEST(table.owned_by("a").empty());
  BOOST_TEST(table.owned_by("b").size() == 1u);
}

BOOST_AUTO_TEST_CASE(returns_to_the_claim_before_when_the_newest_goes) {
  table.claim("a", {x, p});
  table.claim("b", {x, q});
  auto change = table.drop("b", x);
  BOOST_TEST_REQUIRE(change.has_value());
  BOOST_TEST((change->consumer == p));
  BOOST_TEST(table.owned_by("a").size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_notice_the_end_of_a_claim_that_was_overridden) {
  table.claim("a", {x, p});
  table.claim("b", {x, q});
  BOOST_TEST(!table.drop("a", x).has_value());
  auto change = table.drop("b", x);
  BOOST_TEST_REQUIRE(change.has_value());
  BOOST_TEST(!change->consumer);
  BOOST_TEST(!table.drop("b", x).has_value());
}

BOOST_AUTO_TEST_CASE(takes_a_claim_that_comes_again_for_the_newest) {
  table.claim("a", {x, p});
  table.claim("b", {x, q});
  BOOST_TEST((table.claim("a", {x, p})->consumer == p));
  BOOST_TEST(table.claims_of("a").size() == 1u);
}

BOOST_AUTO_TEST_CASE(prefers_who_has_it_from_the_group_to_an_interim_reader) {
  BOOST_TEST((table.claim("a", {x, p, true})->consumer == p));
  BOOST_TEST(!table.is_assigned(x));
  BOOST_TEST((table.claim("b", {x, q})->consumer == q));
  BOOST_TEST(table.is_assigned(x));
  BOOST_TEST(!table.claim("c", {x, p, true}).has_value());
  BOOST_TEST(
    (table.interim_readers_of(x) == std::vector<std::string>{"a", "c"}));
  BOOST_TEST((table.drop("b", x)->consumer == p)); // the newer one's
  BOOST_TEST(!table.is_assigned(x));
  BOOST_TEST(table.owned_by("c").size() == 1u);
}

BOOST_AUTO_TEST_CASE(follows_a_reader_that_keeps_it_for_the_time_being) {
  table.claim("a", {x, p});
  table.claim("b", {x, q});
  BOOST_TEST((table.claim("b", {x, q, true})->consumer == p));
  BOOST_TEST(table.owned_by("a").size() == 1u);
}

BOOST_AUTO_TEST_CASE(drops_all_that_a_node_had) {
  table.claim("a", {x, p});
  table.claim("a", {y, p});
  table.claim("b", {y, q});
  auto changes = table.drop_all("a");
  BOOST_TEST_REQUIRE(changes.size() == 1u); // of y, b's is in force
  BOOST_TEST((changes[0].partition == x));
  BOOST_TEST(!changes[0].consumer);
  BOOST_TEST(table.claims_of("a").empty());
  BOOST_TEST(table.claims_of("b").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
