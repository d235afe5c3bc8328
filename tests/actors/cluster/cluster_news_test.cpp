#include "tests/actors/cluster/cluster_fixture.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::cluster_fixture;

BOOST_FIXTURE_TEST_SUITE(a_clusters_news, cluster_fixture)

BOOST_AUTO_TEST_CASE(hears_how_much_the_others_carry) {
  auto& a = start("a");
  start("b", {"at-a"});
  connect();
  advance(timeout / 4);
  auto status = ask<cluster_status>(a.actor, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  BOOST_TEST_REQUIRE(status->nodes.size() == 2u);
  BOOST_TEST(status->nodes[0].name == "a"); // itself first
  BOOST_TEST(status->nodes[1].connections == 7u);
}

BOOST_AUTO_TEST_CASE(shows_who_reads_what_and_how_the_links_are) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  assign(b, 3);
  advance(timeout / 4);
  advance(10ms);
  auto nodes = ask<cluster_status>(a.actor, query_status{})->nodes;
  BOOST_TEST_REQUIRE(nodes.size() == 2u);
  BOOST_TEST(nodes[0].owned.empty());
  BOOST_TEST(!nodes[0].link.has_value());
  BOOST_TEST(nodes[1].owned == texts{"topic/3"});
  BOOST_TEST(nodes[1].partitions == 1u);
  BOOST_TEST_REQUIRE(nodes[1].link.has_value());
  BOOST_TEST(nodes[1].link->received_bytes == 12u);
  BOOST_TEST(nodes[1].link->silent_ms == 10u);
  cut_link("a", "b");
  run();
  BOOST_TEST(!ask<cluster_status>(a.actor, query_status{})->nodes[1].link);
}

BOOST_AUTO_TEST_CASE(nodes_show_by_which_mappings_each_works) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  auto& c = start("c", {"at-a"});
  c.is_from_before = true;
  connect();
  auto seen_by = [this](node& x) {
    std::map<std::string, std::string> result;
    auto status = ask<cluster_status>(x.actor, query_status{});
    for (auto& y : status.value().nodes)
      result[y.name] = y.mappings;
    return result;
  };
  using seen = std::map<std::string, std::string>;
  BOOST_TEST((seen_by(a) == seen{{"a", "first"}, {"b", "first"}, {"c", ""}}));
  tell(b.actor, use_config{"all", "second"});
  BOOST_TEST(b.hello.config == "all");
  BOOST_TEST((seen_by(b) == seen{{"a", "first"}, {"b", "second"}, {"c", ""}}));
  BOOST_TEST((seen_by(a) == seen{{"a", "first"}, {"b", "second"}, {"c", ""}}));
  // also where a link comes later
  auto& d = start("d", {"at-a"});
  connect();
  BOOST_TEST(seen_by(d)["b"] == "second");
  tell(a.actor, mappings_used{"of nobody"});
  BOOST_TEST(seen_by(a)["b"] == "second");
}

BOOST_AUTO_TEST_CASE(nodes_show_who_fetches_keys_from_where) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  const std::string mappings(16, 'm');
  tell(b.actor, use_config{"all", mappings + "a URL"});
  for (auto* x : {&a, &b}) {
    auto status = ask<cluster_status>(x->actor, query_status{});
    auto& nodes = status.value().nodes;
    auto seen = std::find_if(nodes.begin(), nodes.end(),
                             [](auto& y) { return y.name == "b"; });
    BOOST_TEST_REQUIRE((seen != nodes.end()));
    BOOST_TEST(seen->mappings == mappings);
    BOOST_TEST(seen->token_keys == "a URL");
  }
}

BOOST_AUTO_TEST_CASE(every_node_knows_which_others_are_ready_and_why_not) {
  using schemas::readiness;
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  const readiness ill{false, {"no Kafka broker answers"}}, well{true, {}};
  tell(b.actor, readiness_known{ill}); // before there is a link
  connect();
  auto readiness_at = [this](const node& x, const std::string& name) {
    auto status = ask<cluster_status>(x.actor, query_status{});
    BOOST_TEST_REQUIRE(status.has_value());
    for (auto& y : status->nodes)
      if (y.name == name)
        return y.readiness;
    BOOST_ERROR(name + " is not listed");
    return std::optional<readiness>{};
  };
  BOOST_TEST((readiness_at(a, "b") == ill));
  BOOST_TEST((readiness_at(b, "b") == ill));
  BOOST_TEST(!readiness_at(b, "a")); // which has not looked yet
  tell(b.actor, readiness_known{well}), run();
  BOOST_TEST((readiness_at(a, "b") == well));
  cut_link("a", "b"), run();
  BOOST_TEST(!readiness_at(a, "b"));
  heal();
  BOOST_TEST((readiness_at(a, "b") == well));
}

BOOST_AUTO_TEST_CASE(of_a_node_that_does_not_tell_it_is_not_known_to_be_ready) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  b.is_from_before = true;
  connect();
  tell(a.actor, readiness_known{{true, {}}});
  tell(b.actor, readiness_known{{false, {"it is about to stop"}}});
  run();
  auto status = ask<cluster_status>(a.actor, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  BOOST_TEST_REQUIRE(status->nodes.size() == 2u);
  BOOST_TEST(status->nodes[0].readiness.has_value());
  BOOST_TEST(!status->nodes[1].readiness);
}

BOOST_AUTO_TEST_CASE(keeps_little_of_what_others_say_is_wrong_with_them) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  tell(b.actor,
       readiness_known{{false, texts(1000, std::string(10'000, 'x'))}});
  run();
  auto status = ask<cluster_status>(a.actor, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  auto& known = status->nodes.at(1).readiness;
  BOOST_TEST_REQUIRE(known.has_value());
  BOOST_TEST(!known->ready);
  BOOST_TEST(known->reasons.size() == 16u);
  BOOST_TEST(known->reasons[0].size() == 2048u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
