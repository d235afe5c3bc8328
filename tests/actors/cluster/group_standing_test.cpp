#include "actors/cluster/group_standing.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using action = group_order::action;
using names = std::set<std::string>;

constexpr auto link_timeout = 4000ms;
constexpr auto handover_time = 15000ms;

kafka::group_member node_member(const std::string& name,
                                std::vector<std::int32_t> partitions = {}) {
  kafka::group_member result{
    name + "-1", name, "weir/" + name, "/10.0.0.1", {}};
  for (auto x : partitions)
    result.assigned.push_back({"chat", x});
  return result;
}

kafka::group_member application(std::vector<std::int32_t> partitions) {
  kafka::group_member result{"rdkafka-1", "", "rdkafka", "/10.0.0.9", {}};
  for (auto x : partitions)
    result.assigned.push_back({"chat", x});
  return result;
}

/// The node "b", in the group "chat" with a topic of four partitions.
struct fixture {
  fixture() { standing.partitions().know("chat", 4, now); }

  group_report report(bool is_member) const {
    group_report result;
    result.is_member = is_member;
    result.is_assigned = is_member;
    result.group = group;
    return result;
  }

  action outside() {
    return standing.on_report(report(false), nodes, now).what;
  }

  action inside() { return standing.on_report(report(true), nodes, now).what; }

  void pass(std::chrono::milliseconds time) {
    now += time;
    standing.update(nodes, now);
  }

  void read(const std::vector<std::int32_t>& partitions) {
    for (auto x : partitions)
      standing.partitions().read({"chat", x});
  }

  void unread(const std::vector<std::int32_t>& partitions) {
    for (auto x : partitions)
      standing.partitions().unread({"chat", x}, now);
  }

  std::string reasons() const {
    std::string result;
    for (auto& x : standing.reasons())
      result += (result.empty() ? "" : "; ") + x;
    return result;
  }

  bool says(const std::string& text) const {
    return reasons().find(text) != std::string::npos;
  }

  group_standing standing{
    {"b", "chat", "weir/b", link_timeout, handover_time, true}};
  known_nodes nodes;
  std::optional<kafka::group_description> group{kafka::group_description{}};
  group_standing::instant now{1h};
};

BOOST_FIXTURE_TEST_SUITE(a_group_standing, fixture)

// -- to join ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(asks_who_is_there_before_it_lets_the_node_join) {
  group.reset();
  auto order = standing.on_report(report(false), nodes, now);
  BOOST_TEST((order.what == action::none));
  BOOST_TEST(order.describe);
}

BOOST_AUTO_TEST_CASE(wants_no_reader_for_a_topic_that_is_not_read) {
  inside();
  standing.partitions().know("chat", 0, now);
  pass(handover_time * 2);
  BOOST_TEST(reasons() == "");
  BOOST_TEST(standing.unreachable().empty());
  BOOST_TEST(!standing.partitions().reads_all("chat"));
  // When it is again, nobody is late yet.
  standing.partitions().know("chat", 4, now);
  pass(handover_time - 1ms);
  BOOST_TEST(standing.unreachable().empty());
  BOOST_TEST(!standing.partitions().reads_all("chat"));
  pass(1ms);
  BOOST_TEST(standing.unreachable().size() == 4u);
}

BOOST_AUTO_TEST_CASE(lets_the_first_node_join_whatever_its_seeds_are) {
  BOOST_TEST((outside() == action::join));
}

// It has been killed, and Kafka keeps its place.
BOOST_AUTO_TEST_CASE(lets_a_node_join_that_is_in_the_group_by_its_name) {
  group->members = {node_member("b", {0, 1, 2, 3})};
  BOOST_TEST((outside() == action::join));
}

BOOST_AUTO_TEST_CASE(keeps_a_node_out_until_it_has_a_link_to_who_is_in) {
  group->members = {node_member("a", {0, 1, 2, 3})};
  BOOST_TEST((outside() == action::none));
  nodes.up = {"a"};
  BOOST_TEST((outside() == action::join));
}

BOOST_AUTO_TEST_CASE(keeps_a_node_out_that_is_refused_and_says_why) {
  group->members = {node_member("0"), node_member("a", {0, 1, 2, 3})};
  nodes.refusals["a"] = "the secrets differ";
  outside();
  BOOST_TEST(standing.excluded().empty()); // it may still get a link
  pass(link_timeout);
  BOOST_TEST((outside() == action::none));
  BOOST_TEST(says("\"a\""));
  BOOST_TEST(says("the secrets differ"));
  BOOST_TEST(says("chat/3"));
  BOOST_TEST(standing.unreachable().size() == 4u);
  group->members.clear();
  BOOST_TEST((outside() == action::join));
  BOOST_TEST(standing.reasons().empty());
}

BOOST_AUTO_TEST_CASE(says_why_also_where_it_is_not_known_who_has_refused_it) {
  group->members = {node_member("a", {0, 1, 2, 3})};
  nodes.refusals[""] = "the configurations differ";
  outside();
  pass(link_timeout);
  BOOST_TEST(says("the configurations differ"));
}

BOOST_AUTO_TEST_CASE(tells_a_node_that_can_have_no_links_what_to_set) {
  standing = group_standing{
    {"b", "chat", "weir/b", link_timeout, handover_time, false}};
  group->members = {node_member("a", {0, 1, 2, 3})};
  outside();
  pass(link_timeout);
  BOOST_TEST(says("set listen and seeds"));
}

// Such as those that have the cluster's new secret already.
BOOST_AUTO_TEST_CASE(lets_the_larger_part_join_beside_strangers) {
  group->members = {node_member("x", {0, 1, 2, 3})};
  nodes.up = {"a"};
  BOOST_TEST((outside() == action::join));
}

BOOST_AUTO_TEST_CASE(keeps_a_node_out_whose_name_another_one_has) {
  group->members = {node_member("b", {0, 1, 2, 3})};
  auto x = report(false);
  x.is_fenced = true;
  BOOST_TEST((standing.on_report(x, nodes, now).what == action::none));
  now += link_timeout;
  standing.on_report(x, nodes, now);
  BOOST_TEST(says("another node has this one's name"));
  // Though the link to another one was refused, too.
  group->members.insert(group->members.begin(), node_member("a", {}));
  nodes.refusals["a"] = "a later start of it is linked";
  standing.on_report(x, nodes, now);
  BOOST_TEST(says("another node has this one's name"));
}

BOOST_AUTO_TEST_CASE(waits_while_kafka_does_not_answer) {
  group->error = "timed out";
  group->is_transient = true;
  BOOST_TEST((outside() == action::none));
  pass(1h);
  BOOST_TEST(standing.excluded().empty()); // nobody has refused it
}

BOOST_AUTO_TEST_CASE(does_without_an_answer_that_kafka_does_not_have) {
  group->error = "unsupported";
  BOOST_TEST((outside() == action::join));
}

BOOST_AUTO_TEST_CASE(does_not_take_applications_for_nodes) {
  auto another = application({0});
  another.instance = "archive";
  group->members = {another, application({1})};
  BOOST_TEST((outside() == action::join));
}

// -- to stay ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(is_content_when_every_partition_has_a_reader) {
  read({0, 1, 2, 3});
  inside();
  pass(1h);
  BOOST_TEST(standing.reasons().empty());
  BOOST_TEST(!standing.on_report(report(true), nodes, now).describe);
}

BOOST_AUTO_TEST_CASE(asks_who_has_what_nobody_reads) {
  read({0, 1});
  inside();
  pass(link_timeout);
  BOOST_TEST(standing.on_report(report(true), nodes, now).describe);
}

BOOST_AUTO_TEST_CASE(names_the_application_that_has_a_partition) {
  read({0, 1});
  inside();
  pass(link_timeout);
  group->members = {node_member("b", {0, 1}), application({2, 3})};
  BOOST_TEST((inside() == action::none)); // it serves what it has
  BOOST_TEST(says("chat/2, chat/3"));
  BOOST_TEST(says("rdkafka"));
  BOOST_TEST(standing.excluded().empty());
  read({2, 3});
  group->members = {node_member("b", {0, 1, 2, 3})};
  inside();
  BOOST_TEST(standing.reasons().empty());
}

// Of another assignor, which Kafka lets no node join.
BOOST_AUTO_TEST_CASE(names_the_application_that_keeps_it_out) {
  group->members = {application({0, 1, 2, 3})};
  auto refused = report(true);
  refused.is_assigned = false;
  standing.on_report(refused, nodes, now);
  pass(link_timeout - 1ms);
  BOOST_TEST(standing.unreachable().empty()); // it may be about to leave
  pass(1ms);
  BOOST_TEST(standing.unreachable().size() == 4u);
  BOOST_TEST(says("chat/0"));
  BOOST_TEST(says("rdkafka"));
  read({0, 1, 2, 3});
  group->members = {node_member("b", {0, 1, 2, 3})};
  inside();
  pass(0ms);
  BOOST_TEST(standing.reasons().empty());
}

BOOST_AUTO_TEST_CASE(leaves_the_group_to_strangers_that_are_more) {
  read({0});
  inside();
  pass(link_timeout);
  group->members = {node_member("b", {0}), node_member("a", {1, 2}),
                    node_member("0", {3})};
  BOOST_TEST((inside() == action::leave));
  BOOST_TEST(!standing.excluded().empty());
  BOOST_TEST((inside() == action::none)); // it is on its way
  BOOST_TEST(!standing.excluded().empty());
  BOOST_TEST((outside() == action::none));
  BOOST_TEST(!standing.excluded().empty());
}

BOOST_AUTO_TEST_CASE(stays_where_its_part_is_the_larger_one) {
  nodes.up = {"c"};
  read({0, 1, 2});
  inside();
  pass(link_timeout);
  group->members = {node_member("b", {0, 1}), node_member("c", {2}),
                    node_member("a", {3})};
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((inside() == action::none));
  BOOST_TEST(says("\"a\""));
}

// -- what the group has given to nobody ---------------------------------------

BOOST_AUTO_TEST_CASE(has_the_group_assign_again_what_nobody_was_given) {
  read({0, 1});
  inside();
  pass(link_timeout - 1ms);
  group->members = {node_member("b", {0, 1})};
  BOOST_TEST((inside() == action::none)); // it is just about to
  pass(1ms);
  BOOST_TEST((inside() == action::rebalance));
}

BOOST_AUTO_TEST_CASE(does_not_disturb_a_group_that_assigns_just_now) {
  read({0, 1});
  inside();
  pass(link_timeout);
  group->members = {node_member("b", {0, 1})};
  group->is_rebalancing = true;
  for (int i = 0; i < 5; ++i)
    BOOST_TEST((inside() == action::none));
}

BOOST_AUTO_TEST_CASE(does_not_ask_for_what_nobody_can_get) {
  read({0, 1});
  inside();
  pass(link_timeout);
  group->members = {node_member("b", {0, 1})};
  standing.on_problem("chat", true);
  BOOST_TEST((inside() == action::none));
  standing.on_problem("chat", false);
  BOOST_TEST((inside() == action::rebalance));
}

BOOST_AUTO_TEST_CASE(asks_less_and_less_often_where_that_does_not_help) {
  read({0, 1});
  inside();
  pass(link_timeout);
  group->members = {node_member("b", {0, 1})};
  int asked = 0;
  for (auto end = now + 1h; now < end; pass(1s))
    asked += inside() == action::rebalance;
  BOOST_TEST(asked > 10);
  BOOST_TEST(asked < 20);
  read({2, 3});
  inside();
  unread({3});
  pass(link_timeout);
  BOOST_TEST((inside() == action::rebalance)); // it is another one
}

// Only its leader can have a group assign, and the leader does not know that it
// leads.
BOOST_AUTO_TEST_CASE(one_member_after_the_other_asks_until_the_leader_has) {
  const std::vector<std::string> members{"a", "b", "c", "d"};
  for (auto& leader : members) {
    std::map<std::string, group_standing> standings;
    for (auto& name : members) {
      auto& x = standings
                  .emplace(name,
                           group_standing{{name, "chat", "weir/" + name,
                                           link_timeout, handover_time, true}})
                  .first->second;
      x.partitions().know("chat", 4, now);
      x.partitions().read({"chat", 0});
      group->members.push_back(node_member(name));
    }
    group->members.front().assigned = {{"chat", 0}};
    names asked;
    for (int step = 0; step < 60 && !asked.contains(leader); ++step) {
      for (auto& [name, x] : standings) {
        nodes.up = {members.begin(), members.end()};
        nodes.up.erase(name);
        if (x.on_report(report(true), nodes, now).what == action::rebalance)
          asked.insert(name);
      }
      now += 1s;
    }
    BOOST_TEST(asked.contains(leader));
    // Those behind it in the order had nothing to ask for.
    auto before = std::count_if(members.begin(), members.end(),
                                [&](auto& x) { return x >= leader; });
    BOOST_TEST(asked.size() == static_cast<std::size_t>(before));
    group->members.clear();
  }
}

// -- lost nodes ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(gives_kafka_time_to_hand_over_what_a_lost_node_had) {
  nodes.up = {"a", "c"};
  read({0, 1, 2, 3});
  inside();
  nodes = {{}, {"a", "c"}, {}};
  unread({2, 3});
  group->members = {node_member("b", {0, 1}), node_member("a", {2}),
                    node_member("c", {3})};
  pass(handover_time - 1ms);
  BOOST_TEST((inside() == action::none)); // although they are more
  BOOST_TEST(standing.reasons().empty());
  pass(1ms);
  BOOST_TEST((inside() == action::none));
  BOOST_TEST(says("the link is lost"));
}

// -- whatever happens ---------------------------------------------------------

// A partition without a reader for as long as Kafka takes to hand it over makes
// the node not ready and has a reason; when all are read, it is ready.
BOOST_AUTO_TEST_CASE(takes_what_is_read_for_the_time_being_for_reachable) {
  inside();
  read({0, 1, 2, 3});
  unread({3});
  standing.on_interim({"chat", 3}, true, now);
  nodes.lost = {"a"};
  group->members = {node_member("a", {3}), node_member("b", {0, 1, 2})};
  inside();
  pass(2 * handover_time);
  BOOST_TEST(reasons().empty());
  standing.on_interim({"chat", 3}, false, now);
  pass(link_timeout - 1ms);
  BOOST_TEST(reasons().empty()); // it is about to have another reader
  pass(1ms);
  BOOST_TEST(says("chat/3"));
  standing.on_interim({"chat", 3}, true, now);
  pass(0ms);
  BOOST_TEST(reasons().empty());
}

// Or it would be read so for ever.
BOOST_AUTO_TEST_CASE(has_the_group_assign_what_is_read_for_the_time_being) {
  read({0, 1, 2});
  group->members = {node_member("b", {0, 1, 2})};
  standing.on_interim({"chat", 3}, true, now);
  inside();
  pass(link_timeout);
  BOOST_TEST((inside() == action::rebalance));
}

BOOST_AUTO_TEST_CASE(is_ready_if_and_only_if_everything_can_be_reached) {
  std::mt19937 random{11};
  for (int round = 0; round < 300; ++round) {
    standing = group_standing{
      {"b", "chat", "weir/b", link_timeout, handover_time, true}};
    standing.partitions().know("chat", 4, now);
    nodes = {};
    std::map<std::int32_t, group_standing::instant> missing;
    for (std::int32_t i = 0; i < 4; ++i)
      missing[i] = now;
    inside();
    for (int step = 0; step < 60; ++step) {
      auto partition = static_cast<std::int32_t>(random() % 4);
      auto has_reader = !missing.contains(partition);
      switch (random() % 4) {
        case 0:
          read({partition});
          missing.erase(partition);
          break;
        case 1:
          if (has_reader) {
            unread({partition});
            missing[partition] = now;
          }
          break;
        case 2: { // whoever has what
          std::vector<kafka::group_member> all
            = {node_member("b"), node_member("c"), application({})};
          for (std::int32_t i = 0; i < 4; ++i)
            all[random() % 3].assigned.push_back({"chat", i});
          nodes.up = random() % 2 ? names{"c", "d"} : names{"d"};
          nodes.lost = random() % 2 ? names{"c"} : names{};
          group->members = all;
          BOOST_TEST((inside() == action::none)); // it has d as well
          break;
        }
        default:
          pass(std::chrono::milliseconds{random() % 9000});
      }
      standing.update(nodes, now);
      auto overdue = std::count_if(missing.begin(), missing.end(),
                                   [&](auto& x) {
                                     return now - x.second >= handover_time;
                                   });
      auto late = std::count_if(missing.begin(), missing.end(), [&](auto& x) {
        return now - x.second >= link_timeout;
      });
      auto named = static_cast<std::ptrdiff_t>(standing.unreachable().size());
      BOOST_TEST(named >= overdue);
      BOOST_TEST(named <= late); // never before its time
      BOOST_TEST(standing.reasons().empty() == (named == 0));
    }
    read({0, 1, 2, 3});
    inside();
    BOOST_TEST(standing.reasons().empty());
  }
}

/// Nodes of which some are linked, and the group as all of them see it.
struct small_world {
  explicit small_world(std::mt19937& random) {
    auto n = 2 + random() % 8;
    for (std::size_t i = 0; i < n; ++i)
      part_of[std::string(1, static_cast<char>('a' + i))] = random() % 4;
    for (auto& [name, part] : part_of)
      standings.emplace(name,
                        group_standing{{name, "chat", "weir/" + name,
                                        link_timeout, handover_time, true}});
    for (auto& [name, x] : standings)
      x.partitions().know("chat", 12, now);
    // Any of them may have got in at once.
    for (auto& [name, part] : part_of)
      if (random() % 2)
        in.insert(name);
  }

  known_nodes seen_by(const std::string& name) const {
    known_nodes result;
    for (auto& [other, part] : part_of)
      if (other != name && part == part_of.at(name))
        result.up.insert(other);
    return result;
  }

  /// Kafka deals the partitions to the members, and their parts read them.
  kafka::group_description deal() {
    kafka::group_description result;
    for (auto& name : in)
      result.members.push_back(node_member(name));
    for (std::int32_t i = 0; i < 12 && !in.empty(); ++i)
      result.members[static_cast<std::size_t>(i) % in.size()]
        .assigned.push_back({"chat", i});
    return result;
  }

  /// All decide at once, by what they were told last.
  void step() {
    auto group = deal();
    auto before = in;
    for (auto& name : names_of_all()) {
      auto& x = standings.at(name);
      for (auto& y : group.members)
        for (auto& partition : y.assigned)
          if (part_of.at(y.instance) == part_of.at(name))
            x.partitions().read(partition);
          else if (auto overdue = x.partitions().overdue(0ms, now);
                   std::none_of(overdue.begin(), overdue.end(), [&](auto& z) {
                     return z.partition == partition;
                   }))
            x.partitions().unread(partition, now);
      auto is_in = before.contains(name);
      auto order = x.on_report({is_in, is_in, false, group}, seen_by(name),
                               now);
      if (order.what == action::join)
        in.insert(name);
      else if (order.what == action::leave)
        in.erase(name);
    }
    now += 1s;
  }

  names names_of_all() const {
    names result;
    for (auto& [name, part] : part_of)
      result.insert(name);
    return result;
  }

  std::set<std::size_t> parts_in() const {
    std::set<std::size_t> result;
    for (auto& name : in)
      result.insert(part_of.at(name));
    return result;
  }

  std::map<std::string, std::size_t> part_of;
  std::map<std::string, group_standing> standings;
  names in;
  group_standing::instant now{1h};
};

// Nodes of one group that do not belong together: in the end the members are
// those of one part, all of them, and nobody else is ready.
BOOST_AUTO_TEST_CASE(lets_one_part_remain_whoever_got_in) {
  std::mt19937 random{5};
  for (int round = 0; round < 500; ++round) {
    small_world world{random};
    for (int i = 0; i < 150; ++i)
      world.step();
    auto parts = world.parts_in();
    BOOST_TEST_REQUIRE(parts.size() == 1u);
    for (auto& [name, x] : world.standings) {
      auto belongs = world.part_of[name] == *parts.begin();
      BOOST_TEST(world.in.contains(name) == belongs);
      BOOST_TEST(x.reasons().empty() == belongs);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
